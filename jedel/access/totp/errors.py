"""What one-time passwords refuse."""

from jedel.kernel.errors import Problem


class CodeNeeded(Problem):
    """The password is right; this account also needs the code of its phone."""

    code = "totp_needed"
    status = 401


class CodeNotRight(Problem):
    """Not this moment's code, or it was used before."""

    code = "totp_not_valid"
    status = 401


class NothingToConfirm(Problem):
    """No new secret waits for its first code, or it waited too long."""

    code = "totp_nothing_to_confirm"
    status = 409


class PasswordFirst(Problem):
    """A one-time password stands beside a password, and this account has none."""

    code = "totp_needs_password"
    status = 409
