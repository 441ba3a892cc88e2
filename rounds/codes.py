"""Fixed codes of this app (vocabulary.md): channels, forms, response codes with grades, outcomes, assessments."""

from django.db import models

from cases.codes import Grade as Grade


class Channel(models.TextChoices):
    """How a case is raised."""

    LIST = "list", "list"
    ORAL_SESSION = "oral_session", "oral in session"
    ORAL_MARGINS = "oral_margins", "oral on the margins"
    DEMARCHE = "demarche", "démarche"
    NOTE_VERBALE = "note_verbale", "note verbale"
    JOINT_ACTION = "joint_action", "joint action with partners"
    MINISTERIAL = "ministerial", "ministerial or summit meeting"
    UN = "un", "UN"
    PUBLIC_STATEMENT = "public_statement", "public statement"


class Form(models.TextChoices):
    """How an answer comes."""

    WRITTEN = "written", "written, handed over"
    EMBASSY = "embassy", "written, via embassy"
    ORAL_SESSION = "oral_session", "oral in session"
    ORAL_MARGINS = "oral_margins", "oral on the margins"
    SHOWN = "shown", "shown, not left"
    PUBLIC = "public", "public statement"
    RELAYED = "relayed", "relayed by a partner"


class ResponseCode(models.TextChoices):
    """What an answer says. "No reply" is never stored: it is derived."""

    A1 = "A1", "serving sentence: prison and dates given"
    A2 = "A2", "sentence reduced (amount, date)"
    A3 = "A3", "released, sentence completed"
    A4 = "A4", "released early, parole"
    A5 = "A5", "medical parole or service outside prison"
    A6 = "A6", "bail, residential surveillance, community correction"
    A7 = "A7", "not prosecuted, acquitted, retrial"
    A8 = "A8", "died (date, cause) or executed"
    A9 = "A9", "abroad, left the country"
    B1 = "B1", "under investigation, awaiting trial, on appeal"
    B2 = "B2", "convicted, “handled according to law”, no details"
    B3 = "B3", "statement on health or welfare only"
    B4 = "B4", "not detained, living normally; unverified"
    B5 = "B5", "hint of possible clemency"
    C1 = "C1", "no such person found"
    C2 = "C2", "insufficient identifying information"
    C3 = "C3", "the answer concerns another person"
    C4 = "C4", "will look into it, will reply later"
    C5 = "C5", "internal affairs, judicial sovereignty"
    C6 = "C6", "refused on privacy or state secrecy"
    C7 = "C7", "denies the premise without facts; counter-accusation"
    C8 = "C8", "repeats an earlier answer, nothing new"
    R0 = "R0", "list or case refused"

    @property
    def grade(self) -> Grade:
        """The grade of the code. A coder may grade B1 substantive when authority, charge and place are given."""
        return {"A": Grade.SUBSTANTIVE, "B": Grade.PARTIAL, "C": Grade.NONE, "R": Grade.REFUSED}[self.value[0]]


class Acceptance(models.TextChoices):
    """What became of a list that was handed over."""

    ACCEPTED = "accepted", "accepted"
    PARTLY = "partly", "partly accepted"
    REFUSED = "refused", "refused"
    READ_OUT = "read_out", "read out"
    NOT_TENDERED = "not_tendered", "not tendered"


class Assessment(models.TextChoices):
    """How an answer stands to what else is known."""

    CONSISTENT = "consistent", "consistent with other sources"
    CONTRADICTS = "contradicts", "contradicts other sources"
    UNVERIFIABLE = "unverifiable", "unverifiable"
    NEW = "new", "new information"


class HostSide(models.TextChoices):
    """Who hosts a round."""

    OWN = "own", "own side"
    COUNTERPART = "counterpart", "counterpart"


class RoundEventKind(models.TextChoices):
    """Side events of a round."""

    SEMINAR = "seminar", "legal seminar"
    NGO = "ngo", "NGO consultation"
    VISIT = "visit", "field visit"
    COURTESY = "courtesy", "courtesy call"
    WORKING_GROUP = "working_group", "working group"
    OTHER = "other", "other"


class SuspendedBy(models.TextChoices):
    """Who suspended a dialogue, or cancelled a round."""

    OWN = "own", "own side"
    COUNTERPART = "counterpart", "counterpart"
    BOTH = "both", "both"
    UNKNOWN = "unknown", "not known"


class CommitmentState(models.TextChoices):
    """Whether the counterpart kept a promise."""

    OPEN = "open", "open"
    KEPT = "kept", "kept"
    PARTLY = "partly", "partly kept"
    BROKEN = "broken", "not kept"


class ItemClaimKind(models.TextChoices):
    """What a claim in an answer is about."""

    EVENT = "event", "something that happened"
    IDENTITY = "identity", "who the person is"


class ItemClaimState(models.TextChoices):
    """Whether a claim in an answer went onto the case."""

    PROPOSED = "proposed", "proposed"
    ACCEPTED = "accepted", "accepted"
    REJECTED = "rejected", "rejected"
