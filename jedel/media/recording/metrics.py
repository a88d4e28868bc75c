"""What recorders count; `JEDEL_METRICS_PORT` says where it is read."""

from typing import Final

from prometheus_client import Counter, Gauge

STREAMS: Final = Gauge("jedel_recording_streams", "Streams that are recorded now")
FAULTY: Final = Gauge("jedel_recording_faulty_streams", "Streams whose disk refuses")
BYTES: Final = Counter("jedel_recording_bytes_total", "Written")
SEGMENTS: Final = Counter("jedel_recording_segments_total", "Closed files")
DROPPED: Final = Counter("jedel_recording_dropped_total", "Units that no file has")
WAITING: Final = Gauge("jedel_recording_rows_waiting", "Closed files whose rows PostgreSQL does not have yet")
FREE: Final = Gauge("jedel_recording_free_share", "Of the recordings' disk")
SHED: Final = Gauge("jedel_recording_analytics_shed", "1: the disk is nearly full, what only helps waits")
LOWERED: Final = Counter("jedel_recording_retention_lowered_total", "Segments removed before their time")
