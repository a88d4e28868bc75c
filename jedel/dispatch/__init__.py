"""Dispatch: incidents, whom to send, and what became of it.

For ``app``: ``api.router``, ``service.collection`` (the live collection "incidents"),
``reactor.AlarmReactor``.
"""
