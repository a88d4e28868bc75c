"""What can go wrong when somebody asks for a stream."""

from jedel.kernel.errors import Problem


class NoGateway(Problem):
    """No media gateway is alive, or the one that has the stream does not answer."""

    code = "media_no_gateway"
    status = 503


class StreamNotThere(Problem):
    """No stream by this id, or it is switched off. ``stream``."""

    code = "stream_not_there"
    status = 404


class StreamFault(Problem):
    """The stream is there and gives nothing now. ``stream``, ``fault``: a `jedel.media.model.Fault`."""

    code = "stream_fault"
    status = 502


class OfferMalformed(Problem):
    """What came is no SDP offer that can be answered. ``reason``."""

    code = "offer_malformed"
    status = 422


class TooManyViewers(Problem):
    """The gateway serves as many as it can. ``limit``."""

    code = "too_many_viewers"
    status = 429


class NotYours(Problem):
    """Somebody else publishes this stream, or looks by this id. ``stream``."""

    code = "media_not_yours"
    status = 403


class GrantEnded(Problem):
    """The right to look ended while it was being used."""

    code = "media_grant_ended"
    status = 403


BY_CODE: dict[str, type[Problem]] = {
    each.code: each
    for each in (
        NoGateway,
        StreamNotThere,
        StreamFault,
        OfferMalformed,
        TooManyViewers,
        NotYours,
        GrantEnded,
    )
}
"""What a gateway may answer instead."""
