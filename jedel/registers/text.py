"""A problem of this room in words, for the command line."""

from importlib.resources import files

import orjson

from jedel.kernel.errors import Problem


def problem_text(problem: Problem, language: str = "en") -> str:
    """The message of messages.json, or the code where it has none."""
    messages = orjson.loads(files("jedel.registers").joinpath("messages.json").read_bytes())
    text: str = messages.get(problem.code, {}).get(language, problem.code)
    return text.format_map({key: str(value) for key, value in problem.params.items()})
