"""Where learners' acts go. Pages themselves are Wagtail's."""

from django.urls import path

from courses import views

app_name = "courses"

urlpatterns = [
    path("learn/", views.catalogue_index, name="catalogue"),
    path("learn/course/<uuid:course_key>/", views.course, name="course"),
    path("learn/course/<uuid:course_key>/enroll/", views.enroll, name="enroll"),
    path("learn/course/<uuid:course_key>/withdraw/", views.withdraw, name="withdraw"),
    path("learn/course/<uuid:course_key>/resume/", views.resume, name="resume"),
    path("learn/lesson/<uuid:lesson_key>/", views.lesson, name="lesson"),
    path("learn/lesson/<uuid:lesson_key>/complete/", views.complete, name="complete"),
    path("learn/lesson/<uuid:lesson_key>/quiz/", views.quiz, name="quiz"),
    path("learn/lesson/<uuid:lesson_key>/place/", views.place, name="place"),
]
