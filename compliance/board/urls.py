from django.urls import path, re_path

from compliance.board.views import board, calendar

urlpatterns = [
    path("board/", board.board, name="board"),
    re_path(r"^board/export\.(?P<form>csv|xlsx)\Z", board.board_export, name="board-export"),
    path("board/views/", board.view_save, name="view-save"),
    path("board/views/<hidden:pk>/remove/", board.view_remove, name="view-remove"),
    path("calendar/", calendar.calendar, name="calendar"),
    path("calendar/address/", calendar.feed_create, name="feed-create"),
    path("calendar/address/revoke/", calendar.feed_revoke, name="feed-revoke"),
    path("calendar/<slug:key>.ics", calendar.calendar_feed, name="calendar-feed"),
]
