"""Streams made of other streams: codecs that a browser takes, and pictures with their masks drawn in."""

from jedel.media.transcode.source import Transcode

__all__ = ["Transcode"]
