"""What access refuses. General refusals (not signed in, forbidden) are in the kernel."""

from jedel.kernel.errors import Problem


class WrongPassword(Problem):
    """Log-in or password is wrong; which of them is not said."""

    code = "wrong_password"
    status = 401


class TooManyFailures(Problem):
    """Signing in failed too often; whether the log-in exists is not said. ``minutes``."""

    code = "too_many_failures"
    status = 429


class PasskeyNotValid(Problem):
    """The passkey, or what the browser made of the challenge, is not good; why is not said."""

    code = "passkey_not_valid"
    status = 401


class DeviceIsBlocked(Problem):
    """The device was blocked by its region's administration."""

    code = "device_is_blocked"
    status = 401


class DeviceIsWiped(Problem):
    """The device was blocked and must erase what it holds."""

    code = "device_is_wiped"
    status = 401


class CodeNotValid(Problem):
    """An enrolment code that was never given, was used, or is too old."""

    code = "enrolment_code_not_valid"
    status = 403


class KeyPairNeeded(Problem):
    """A device of this kind makes a key pair and enrols with its public half. ``kind``."""

    code = "key_pair_needed"
    status = 422


class PublicKeyNotValid(Problem):
    """The public key is no uncompressed point on P-256."""

    code = "public_key_not_valid"
    status = 422


class ProofNotValid(Problem):
    """The device's proof is not good, or was used before; nor is it said whether there is such a device."""

    code = "device_proof_not_valid"
    status = 401


class DeviceClockWrong(Problem):
    """The proof is good but was made at another time; ``now`` is the time here."""

    code = "device_clock_wrong"
    status = 401


class LoginTaken(Problem):
    """Another account has this log-in name. ``login``."""

    code = "login_taken"
    status = 409


class PanelAccountTaken(Problem):
    """Another panel reports under this account number. ``account``."""

    code = "panel_account_taken"
    status = 409
