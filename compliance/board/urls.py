from django.urls import path, re_path

from compliance.board.api import ChangeList
from compliance.board.views import board, calendar, changes

urlpatterns = [
    path("board/", board.board, name="board"),
    re_path(r"^board/export\.(?P<form>csv|xlsx)\Z", board.board_export, name="board-export"),
    path("board/views/", board.view_save, name="view-save"),
    path("board/views/<hidden:pk>/remove/", board.view_remove, name="view-remove"),
    path("changes/", changes.change_list, name="change-list"),
    path("calendar/", calendar.calendar, name="calendar"),
    path("calendar/address/", calendar.feed_create, name="feed-create"),
    path("calendar/address/revoke/", calendar.feed_revoke, name="feed-revoke"),
    path("calendar/<slug:key>.ics", calendar.calendar_feed, name="calendar-feed"),
]

api_urlpatterns = [
    path("changes/", ChangeList.as_view(), name="api-change-list"),
]
