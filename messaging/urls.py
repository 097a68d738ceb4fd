"""Addresses of messaging."""

from django.urls import URLPattern, path

from messaging.views import conversations, emails, exports, files, messages, notifications, search

app_name = "messaging"
urlpatterns: list[URLPattern] = [
    # /messages/
    path("messages/", conversations.conversation_list, name="conversations"),
    path("messages/<uuid:id>/", conversations.conversation, name="conversation"),
    path("messages/<uuid:id>/<int:seq>/edit", messages.message_edit, name="message-edit"),
    path("messages/<uuid:id>/<int:seq>/delete", messages.message_delete, name="message-delete"),
    path("messages/<uuid:id>/time/", conversations.time_propose, name="time-propose"),
    path("messages/<uuid:id>/<int:seq>/files/", files.message_files, name="message-files"),
    path("messages/files/<uuid:id>/", files.file, name="file"),
    path("messages/files/<uuid:id>/small/", files.file_small, name="file-small"),
    path("messages/search/", search.search, name="search"),
    path("messages/<uuid:id>/export/<str:form>", exports.thread_export, name="export"),
    # /emails/
    path("emails/off/<str:token>/", emails.email_off, name="email-off"),
    # /notifications/
    path("notifications/", notifications.notification_list, name="notifications"),
    path("notifications/<int:id>/open", notifications.notification_open, name="notification-open"),
    path("notifications/read/", notifications.notification_read_all, name="notification-read-all"),
]
