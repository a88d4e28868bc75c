"""A problem in words, for the command line."""

from importlib.resources import files

import orjson

from jedel.kernel.errors import Problem


def problem_text(room: str, problem: Problem, language: str = "en") -> str:
    """The message of the room's messages.json, or of the kernel's, or the code where neither has one."""
    for package in (f"jedel.{room}", "jedel.kernel"):
        messages = orjson.loads(files(package).joinpath("messages.json").read_bytes())
        if problem.code in messages:
            text: str = messages[problem.code][language]
            return text.format_map({key: str(value) for key, value in problem.params.items()})
    return problem.code
