"""What look-ups refuse."""

from jedel.kernel.errors import Problem


class PurposeUnknown(Problem):
    """Not on the list today, or not for this register. ``purpose``."""

    code = "purpose_unknown"
    status = 403


class PurposeBlocked(Problem):
    """On the list as what a look-up must not be made for. ``purpose``."""

    code = "purpose_blocked"
    status = 403


class IncidentNeeded(Problem):
    """The purpose asks for an incident (or a case), and none of this region was named."""

    code = "incident_needed"
    status = 422


class CaseNeeded(Problem):
    """The purpose asks for a case number."""

    code = "case_needed"
    status = 422


class NumberMalformed(Problem):
    """No plate, VIN, ИИН, document or IMEI can be written so. ``number``."""

    code = "number_malformed"
    status = 422


class OwnLookUp(Problem):
    """Nobody grants his own look-up."""

    code = "own_look_up"
    status = 403


class AnswerExpired(Problem):
    """The answer was there for a quarter of an hour; who needs it again asks again."""

    code = "answer_expired"
    status = 410


class OtherQuestion(Problem):
    """The id was used for another question."""

    code = "other_question"
    status = 409


class AlreadyDecided(Problem):
    """A second person has refused it, or granted it, before."""

    code = "already_decided"
    status = 409


class TabletNeeded(Problem):
    """The session once asked from a tablet; it asks from this tablet only."""

    code = "tablet_needed"
    status = 403
