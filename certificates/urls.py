"""Addresses of certificates: below the language, and the short link of the QR code, which has none."""

from django.urls import path

from certificates import check_views, kind_views, views

app_name = "certificates"

short_link = path("v/<str:token>/", check_views.short_link, name="check")

urlpatterns = [
    path("path/", views.my_path, name="my_path"),
    path("path/expiry/", views.cycle, name="cycle"),
    path("path/rules/", views.follow, name="follow"),
    path("path/hours/", views.transcript, name="transcript"),
    path("path/hours.csv", views.transcript_csv, name="transcript_csv"),
    path("path/hours.pdf", views.transcript_pdf, name="transcript_pdf"),
    path("path/statement/", kind_views.statement, name="statement"),
    path("path/statement/issue/", kind_views.issue_statement, name="issue_statement"),
    path("path/letters/", kind_views.letters, name="letters"),
    path("path/looks/", views.disclosures, name="disclosures"),
    path("certificates/<uuid:public_id>/", views.certificate, name="certificate"),
    path("certificates/<uuid:public_id>/pdf/", views.certificate_pdf, name="pdf"),
    path("verify/", check_views.verify, name="verify"),
    path("verify/file/", check_views.verify_file, name="verify_file"),
    path("verify/list/", check_views.verify_list, name="verify_list"),
    path("verify/<str:token>/", check_views.verify_token, name="verify_token"),
    path("board/", views.board, name="board"),
    path("board/<uuid:public_id>/", views.board_person, name="board_person"),
    path("board/<uuid:public_id>/hours.csv", views.board_packet, name="board_packet"),
]
