"""What the citizen services refuse, and what to do about it (words in messages.json)."""

from jedel.kernel.errors import Problem


class TooManyQuestions(Problem):
    """The address's or the device's share is used up. ``retry_after_s``."""

    code = "citizen_too_many"
    status = 429


class ProofNeeded(Problem):
    """Some work is asked for first (GET /api/citizen/challenge). ``bits``."""

    code = "proof_needed"
    status = 428


class ProofRefused(Problem):
    """Not ours, not for this address, too old, too easy or not solved: which of them is not said."""

    code = "proof_refused"
    status = 403


class ProofUsed(Problem):
    """Each solution is good for one question."""

    code = "proof_used"
    status = 403


class PlateMalformed(Problem):
    """``number``"""

    code = "citizen_plate_malformed"
    status = 422


class VinMalformed(Problem):
    """``number``"""

    code = "citizen_vin_malformed"
    status = 422


class ImeiNotDigits(Problem):
    """Something that is no digit stands in it."""

    code = "imei_not_digits"
    status = 422


class ImeiLength(Problem):
    """``digits``: how many there are."""

    code = "imei_length"
    status = 422


class ImeiCheckDigit(Problem):
    """Luhn's sum fails: a digit is mistyped."""

    code = "imei_check_digit"
    status = 422


class ImeiForTests(Problem):
    """TAC 00 and 02 to 09: never sold. ``tac``."""

    code = "imei_for_tests"
    status = 422


class ImeiTacUnknown(Problem):
    """No body allocates such type codes. ``tac``."""

    code = "imei_tac_unknown"
    status = 422


class ReceiptMalformed(Problem):
    """Thirteen digits, the last of which checks the others."""

    code = "receipt_malformed"
    status = 422


class ReceiptUnknown(Problem):
    """No report has it, or it was forgotten."""

    code = "receipt_unknown"
    status = 404


class ReportRegion(Problem):
    """Nobody takes reports there. ``region``."""

    code = "report_region"
    status = 422


class ReportOfTheFuture(Problem):
    """The day it happened is still to come, or too long ago."""

    code = "report_date"
    status = 422


class OtherReport(Problem):
    """The id belongs to another report."""

    code = "other_report"
    status = 409


class ReportDecided(Problem):
    """Somebody decided otherwise before. ``state``."""

    code = "report_decided"
    status = 409


class WrongReason(Problem):
    """A reason to refuse does not approve, and the other way round. ``reason``."""

    code = "wrong_reason"
    status = 422


class HiddenUntil(Problem):
    """A vehicle is hidden until a day to come, at most a year ahead."""

    code = "hidden_until"
    status = 422
