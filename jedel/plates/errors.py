"""What a camera, or whoever asks for a picture, is told."""

from jedel.kernel.errors import Problem


class ReadsMalformed(Problem):
    """Nothing in the message could be used. ``reason``."""

    code = "plates_reads_malformed"
    status = 422


class CameraUnknown(Problem):
    """The device speaks for no camera, or for one that reads are not taken from now. ``reason``."""

    code = "plates_camera_unknown"
    status = 409


class PictureGone(Problem):
    """The camera sent no such picture, its time is over, or the address was not made for the asker."""

    code = "plates_picture_gone"
    status = 404
