"""RTSP and RTP: messages, authentication, session descriptions, payload formats, a client and a server.

A library that knows nothing of Jedel: the media gateway pulls cameras and serves other systems with it, and
the simulated cameras of the demo speak it. Times are in the units of the protocols.
"""
