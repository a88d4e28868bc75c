"""What signing in by an identity provider refuses."""

from jedel.kernel.errors import Problem


class NoProvider(Problem):
    """None is set up here."""

    code = "oidc_no_provider"
    status = 404


class ProviderNotValid(Problem):
    """What came back from the provider is not good, or was not asked for by this browser; why is logged."""

    code = "oidc_not_valid"
    status = 403


class NoAccountHere(Problem):
    """The provider knows the person, Jedel does not."""

    code = "oidc_no_account"
    status = 403
