"""Why a register's file is refused as a whole, and what to do about it (words in messages.json)."""

from jedel.kernel.errors import Problem


class RegisterProblem(Problem):
    """Whatever was in force stays in force. ``file`` in all of them."""

    code = "register_not_imported"
    status = 422


class FileMissing(RegisterProblem):
    """There is no such file, or it may not be read. ``reason``."""

    code = "register_file_missing"


class FileEmpty(RegisterProblem):
    """No rows under the header, or nothing at all."""

    code = "register_file_empty"


class HeaderMissing(RegisterProblem):
    """The first line names none of the register's columns. ``expected``."""

    code = "register_header_missing"


class ColumnsMissing(RegisterProblem):
    """``missing``, ``expected``."""

    code = "register_columns_missing"


class ColumnsUnknown(RegisterProblem):
    """``unknown``, ``expected``: also columns that are there twice."""

    code = "register_columns_unknown"


class ColumnType(RegisterProblem):
    """A Parquet column that is neither text, whole number nor date. ``column``, ``found``."""

    code = "register_column_type"


class WrongEncoding(RegisterProblem):
    """The text is not UTF-8."""

    code = "register_encoding"


class FileDamaged(RegisterProblem):
    """Cut off, or broken inside. ``reason``."""

    code = "register_file_damaged"


class FileChanged(RegisterProblem):
    """Somebody wrote to the file while it was read."""

    code = "register_file_changed"


class TooManyRejects(RegisterProblem):
    """``rows``, ``rejects``, ``limit`` in per cent, ``rejects_file``."""

    code = "register_too_many_rejects"


class RejectsUnwritable(RegisterProblem):
    """The rejects cannot be written beside the file. ``rejects_file``, ``reason``."""

    code = "register_rejects_unwritable"


class FileOfTheFuture(RegisterProblem):
    """Nothing newer could ever take its place. ``as_of``, ``now``."""

    code = "register_file_of_the_future"


class FileOlder(RegisterProblem):
    """A whole register may not be replaced by an older one. ``as_of``, ``in_force``."""

    code = "register_file_older"


class ConnectorsUnreadable(RegisterProblem):
    """The file that describes the sources, or a source's secret, cannot be used. ``reason``."""

    code = "register_connectors_unreadable"
