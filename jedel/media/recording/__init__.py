"""Recordings: fragmented MP4 in segments on a disk, each known to PostgreSQL once it is whole."""
