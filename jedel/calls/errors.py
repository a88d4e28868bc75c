"""What the calls room refuses, and what to do about it (words in messages.json)."""

from jedel.kernel.errors import Problem


class CallWithoutPress(Problem):
    """The press that should have begun the call has not been received. ``signal``."""

    code = "call_without_press"
    status = 409


class CallOver(Problem):
    """Nothing more is said in it: it was ended, or the alarm that it belongs to is closed."""

    code = "call_over"
    status = 409


class AnsweredAlready(Problem):
    """Another officer has it. ``by``: the name."""

    code = "call_answered"
    status = 409


class NotYourCall(Problem):
    """Only who answered speaks. ``by``: the name, empty where nobody answered yet."""

    code = "call_not_yours"
    status = 403


class TooManyLines(Problem):
    """``limit``."""

    code = "call_too_many_lines"
    status = 429


class NoVoiceYet(Problem):
    """Nobody speaks to the post now: ask again when the officer has answered."""

    code = "call_no_voice"
    status = 409
