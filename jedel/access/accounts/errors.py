"""What accounts refuse."""

from jedel.kernel.errors import Problem


class SecondFactorNeeded(Problem):
    """The session was begun with one proof only: it may make a second factor and nothing else."""

    code = "second_factor_needed"
    status = 403


class FreshSignInNeeded(Problem):
    """What is asked for is done only within five minutes of proving who one is."""

    code = "fresh_sign_in_needed"
    status = 403


class FactorExists(Problem):
    """Another session made the account's first factor meanwhile: sign in with it."""

    code = "factor_exists"
    status = 403


class LastFactor(Problem):
    """Without this one nobody could sign in any more."""

    code = "last_factor"
    status = 409


class PasskeyNeeded(Problem):
    """The password is right; this account signs in by passkey."""

    code = "passkey_needed"
    status = 401


class PasswordTooWeak(Problem):
    """``reason``: short, common, or personal; ``minimum`` characters."""

    code = "password_too_weak"
    status = 422


class SignInCodeNotValid(Problem):
    """A code that was never given, was used, or is too old."""

    code = "sign_in_code_not_valid"
    status = 403


class AdministratorExists(Problem):
    """There is an administrator: the rest of the staff comes from there."""

    code = "administrator_exists"
    status = 409


class AccountNotYours(Problem):
    """Nobody disables or changes the own account; an auditor's is out of an administrator's reach."""

    code = "account_not_yours"
    status = 403


class TlsNeeded(Problem):
    """Over plain HTTP people sign in on the machine itself only."""

    code = "tls_needed"
    status = 403


class CrossSite(Problem):
    """Another site's page sent this."""

    code = "cross_site"
    status = 403


class AccountBegun(Problem):
    """Its owner has begun: a new code comes by a recovery."""

    code = "account_begun"
    status = 409


class AccountIsExternal(Problem):
    """It signs in by the department's identity provider, and has no factors here."""

    code = "account_is_external"
    status = 409


class RecoveryNotYours(Problem):
    """Nobody lets himself in again, nor anybody who may do more than he; an auditor lets in an auditor."""

    code = "recovery_not_yours"
    status = 403
