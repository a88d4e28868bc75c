"""What can be wrong with a question about a site's cameras."""

from jedel.kernel.errors import Problem


class NothingRequired(Problem):
    """No rule names cameras for this kind of site. ``kind``."""

    code = "cameras_nothing_required"
    status = 422
