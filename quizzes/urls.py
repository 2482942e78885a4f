"""Addresses of quizzes."""

from django.urls import path

from quizzes import views

app_name = "quizzes"

urlpatterns = [
    path("<uuid:public_id>/", views.attempt, name="attempt"),
    path("<uuid:public_id>/answer/", views.save, name="save"),
    path("<uuid:public_id>/answers/", views.save_together, name="save_together"),
    path("<uuid:public_id>/onward/", views.onward, name="onward"),
    path("<uuid:public_id>/break/", views.pause, name="break"),
    path("<uuid:public_id>/upload/<int:position>/", views.upload, name="upload"),
    path("<uuid:public_id>/again/<int:position>/", views.again, name="again"),
    path("<uuid:public_id>/answer-file/<str:token>", views.answer_file, name="answer_file"),
    path("<uuid:public_id>/send/", views.submit, name="submit"),
    path("<uuid:public_id>/review/", views.review, name="review"),
    path("<uuid:public_id>/file/<str:token>", views.media, name="media"),
]
