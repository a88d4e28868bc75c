"""What a gateway counts; `JEDEL_METRICS_PORT` says where it is read."""

from typing import Final

from prometheus_client import Counter, Gauge, Histogram

STREAMS: Final = Gauge("jedel_media_streams", "Streams that run, by whether they give anything", ["state"])
VIEWERS: Final = Gauge("jedel_media_viewers", "Viewers and publishers", ["kind"])
BYTES_IN: Final = Counter("jedel_media_in_bytes_total", "What sources brought")
FAULTS: Final = Counter("jedel_media_faults_total", "Sources that broke off, by why", ["fault"])
FLOODED: Final = Counter("jedel_media_flooded_total", "Units of sources that sent too much, dropped")
BROKEN: Final = Counter("jedel_media_broken_total", "Errors where none should come out; the log says which")
DROPPED: Final = Counter("jedel_media_dropped_total", "Units that somebody was too slow for", ["who"])
RIGHTS_ENDED: Final = Counter(
    "jedel_media_rights_ended_total", "Viewers and publishers who were let go, by why", ["why"]
)
LOST_PACKETS: Final = Counter("jedel_media_lost_packets_total", "Packets of RTSP sources that never came")
DAMAGED: Final = Counter(
    "jedel_media_damaged_pictures_total",
    "Pictures of RTSP sources that had a hole and were dropped",
)
SRT_REFUSED: Final = Counter(
    "jedel_media_srt_refused_total", "Senders by SRT from outside the camera networks"
)
LAG: Final = Histogram(
    "jedel_media_loop_lag_seconds",
    "How late the gateway's loop comes to its work",
    buckets=(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0),
)
