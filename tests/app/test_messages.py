"""Every problem that the code can raise has words in every language."""

import importlib
import pkgutil
import string

import jedel
from jedel.app.messages import LANGUAGES, catalogue, text
from jedel.app.problems import HTTP_CODES
from jedel.cameras.rights.model import Why
from jedel.kernel.errors import Problem
from jedel.media.model import Fault


def problems(base: type[Problem] = Problem) -> set[type[Problem]]:
    found = {base}
    for sub in base.__subclasses__():
        found |= problems(sub)
    return found


def test_every_code_has_words_in_every_language() -> None:
    for module in pkgutil.walk_packages(jedel.__path__, "jedel."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    codes = {problem.code for problem in problems()} | set(HTTP_CODES.values()) | {"internal_error"}
    assert codes <= set(catalogue()), codes - set(catalogue())
    for code, words in catalogue().items():
        assert set(words) == set(LANGUAGES), code
        assert all(words.values()), code
        fields = [
            {name for _, name, _, _ in string.Formatter().parse(text) if name} for text in words.values()
        ]
        assert fields[0] == fields[1] == fields[2], code


def test_a_code_inside_a_message_is_said_in_words() -> None:
    for code, field, values in (
        ("stream_fault", "fault", list(Fault)),
        (
            "camera_forbidden",
            "why",
            [Why.OTHER_REGION, Why.DENIED, Why.QUIET_DAY, Why.NO_RULE, Why.NOT_STAFF],
        ),
    ):
        for value in values:
            for language in LANGUAGES:
                assert str(value) not in text(code, language, {field: value}), (code, value)
    assert "rule 7" in text("camera_forbidden", "en", {"why": "rule 7"})
