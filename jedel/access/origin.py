"""Whether a request comes from our own pages.

Browsers say where a request comes from (Fetch Metadata, Origin); what says nothing is no browser, and has no
cookie that it was not given.
"""

from urllib.parse import urlsplit

from fastapi.requests import HTTPConnection

OWN = {"same-origin", "none"}
"""``none``: the person's own doing, not a page's."""


def from_here(connection: HTTPConnection) -> bool:
    """Whether a browser says that our own page sent this, or no browser speaks."""
    site, origin = connection.headers.get("sec-fetch-site"), connection.headers.get("origin")
    if site is not None and site not in OWN:
        return False
    if origin is None:
        return True
    public_url = connection.app.state.settings.public_url
    own = urlsplit(public_url).netloc if public_url else connection.headers.get("host")
    return origin != "null" and urlsplit(origin).netloc == own
