"""Fixed codes of the field (vocabulary.md): kinds of events, what they imply, who claims, how certain, which source."""

from django.db import models

# Endings a file keeps. Any other is dropped: of "letter.dolma" the ending would be part of a name.
ENDINGS = frozenset({
    "pdf", "txt", "rtf", "csv", "tsv", "doc", "docx", "odt", "xls", "xlsx", "ods", "ppt", "pptx", "odp",
    "jpg", "jpeg", "png", "gif", "tif", "tiff", "webp", "heic", "svg", "bmp", "mp3", "m4a", "ogg", "opus",
    "wav", "mp4", "mov", "avi", "mkv", "webm", "eml", "msg", "html", "htm", "xml", "json", "zip", "7z",
})  # fmt: skip


class Sex(models.TextChoices):
    """As on a handover sheet."""

    FEMALE = "f", "female"
    MALE = "m", "male"
    OTHER = "x", "other"


class Status(models.TextChoices):
    """Detention status. Derived from the events (status.py), never typed."""

    NOT_KNOWN = "not_known", "not known"
    HELD = "held", "held"
    INCOMMUNICADO = "incommunicado", "held incommunicado"
    PRE_TRIAL = "pre_trial", "held, pre-trial"
    SERVING = "serving", "serving sentence"
    RESTRICTED = "restricted", "restricted"
    CONDITIONAL = "conditional", "released, conditional"
    FREE = "free", "released"
    ABROAD = "abroad", "abroad"
    DISAPPEARED = "disappeared", "whereabouts unknown"
    DEAD = "dead", "dead"

    @property
    def is_detained(self) -> bool:
        """Whether the person is deprived of liberty, as far as is known."""
        return self in DETAINED


DETAINED = frozenset({Status.HELD, Status.INCOMMUNICADO, Status.PRE_TRIAL, Status.SERVING})


class EventKind(models.TextChoices):
    """What happened. `IMPLIES` says which status follows."""

    DETAINED = "detained", "detained"
    SUMMONED = "summoned", "summoned"
    RSDL = "rsdl", "residential surveillance at a designated location"
    LIUZHI = "liuzhi", "liuzhi"
    ARRESTED = "arrested", "formally arrested"
    TRANSFERRED_FOR_PROSECUTION = "for_prosecution", "transferred for prosecution"
    INDICTED = "indicted", "indicted"
    TRIED_OPEN = "tried_open", "tried in open court"
    TRIED_CLOSED = "tried_closed", "tried behind closed doors"
    SENTENCED = "sentenced", "sentenced"
    APPEAL_LODGED = "appeal_lodged", "appeal lodged"
    APPEAL_RULED = "appeal_ruled", "appeal ruled"
    REDUCED = "reduced", "sentence reduced"
    TRANSFERRED = "transferred", "transferred to a facility"
    BAIL = "bail", "bail pending trial"
    RESIDENTIAL_SURVEILLANCE = "residential_surveillance", "residential surveillance"
    COMMUNITY_CORRECTION = "community_correction", "community correction"
    MEDICAL_PAROLE = "medical_parole", "temporary service outside prison (medical parole)"
    PAROLED = "paroled", "paroled"
    RELEASED = "released", "released"
    RIGHTS_DEPRIVED = "rights_deprived", "deprivation of political rights begins"
    RIGHTS_RESTORED = "rights_restored", "deprivation of political rights ends"
    DIED = "died", "died"
    DIED_IN_CUSTODY = "died_in_custody", "died in custody"
    EXECUTED = "executed", "executed"
    DISAPPEARED = "disappeared", "disappeared, whereabouts unknown"
    ADMINISTRATIVE_DETENTION = "administrative_detention", "administrative detention"
    RTL = "rtl", "re-education through labour"
    CUSTODY_AND_EDUCATION = "custody_and_education", "custody and education"
    COMPULSORY_TREATMENT = "compulsory_treatment", "compulsory psychiatric treatment"
    TRAINING_CENTRE = "training_centre", "vocational training centre"
    SOFT_DETENTION = "soft_detention", "soft detention"
    EXIT_BAN = "exit_ban", "exit ban"
    LEFT_COUNTRY = "left_country", "left the country"
    NOT_PROSECUTED = "not_prosecuted", "not prosecuted or acquitted"
    ILL_TREATMENT = "ill_treatment", "torture or ill-treatment alleged"
    HEALTH = "health", "health concern"
    VISIT_REFUSED = "visit_refused", "family or lawyer visit refused"
    VISIT_GRANTED = "visit_granted", "family or lawyer visit granted"


_S = Status
_K = EventKind
# vocabulary.md, "Case events (kind → detention status it implies)"; kinds that are missing change nothing.
IMPLIES: dict[str, Status] = {
    **dict.fromkeys(
        (
            _K.DETAINED,
            _K.SUMMONED,
            _K.LIUZHI,
            _K.ADMINISTRATIVE_DETENTION,
            _K.RTL,
            _K.CUSTODY_AND_EDUCATION,
            _K.COMPULSORY_TREATMENT,
            _K.TRAINING_CENTRE,
        ),
        _S.HELD,
    ),
    _K.RSDL: _S.INCOMMUNICADO,
    **dict.fromkeys((_K.ARRESTED, _K.TRANSFERRED_FOR_PROSECUTION, _K.INDICTED), _S.PRE_TRIAL),
    _K.SENTENCED: _S.SERVING,
    **dict.fromkeys(
        (
            _K.BAIL,
            _K.RESIDENTIAL_SURVEILLANCE,
            _K.COMMUNITY_CORRECTION,
            _K.MEDICAL_PAROLE,
            _K.RIGHTS_DEPRIVED,
            _K.SOFT_DETENTION,
            _K.EXIT_BAN,
        ),
        _S.RESTRICTED,
    ),
    _K.PAROLED: _S.CONDITIONAL,
    **dict.fromkeys((_K.RELEASED, _K.RIGHTS_RESTORED, _K.NOT_PROSECUTED), _S.FREE),
    **dict.fromkeys((_K.DIED, _K.DIED_IN_CUSTODY, _K.EXECUTED), _S.DEAD),
    _K.DISAPPEARED: _S.DISAPPEARED,
    _K.LEFT_COUNTRY: _S.ABROAD,
}


class Certainty(models.TextChoices):
    """How sure we are."""

    CONFIRMED = "confirmed", "confirmed"
    LIKELY = "likely", "likely"
    ALLEGED = "alleged", "alleged"


class ClaimedBy(models.TextChoices):
    """Who says so."""

    COUNTERPART = "counterpart", "counterpart"
    COURT = "court", "court"
    FAMILY = "family", "family"
    LAWYER = "lawyer", "lawyer"
    NGO = "ngo", "NGO"
    MEDIA = "media", "media"
    UN = "un", "UN"
    PARTNER = "partner", "partner"


class ClaimField(models.TextChoices):
    """Identity fields that claims are made about."""

    SEX = "sex", "sex"
    BIRTH = "birth", "birth"
    AGE = "age", "age"
    ORIGIN = "origin", "origin"
    ETHNIC_GROUP = "ethnic_group", "ethnic group"
    RELIGION = "religion", "religion"
    OCCUPATION = "occupation", "occupation"


class SourceKind(models.TextChoices):
    """What kind of source it is."""

    NGO = "ngo", "NGO report"
    FAMILY = "family", "family"
    LAWYER = "lawyer", "lawyer"
    COURT = "court", "court document"
    OFFICIAL = "official", "official statement of the counterpart"
    MEDIA = "media", "media"
    UN = "un", "UN body"
    PARTNER = "partner", "partner government"
    MISSION = "mission", "own mission"
    WITNESS = "witness", "witness"
    OTHER = "other", "other"


class Connection(models.TextChoices):
    """How the source came to know."""

    DIRECT = "direct", "first hand"
    CLOSE = "close", "close to the person"
    INDIRECT = "indirect", "second hand"
    PUBLIC = "public", "public record"
    UNKNOWN = "unknown", "not known"


class Reliability(models.TextChoices):
    """The usual six-step scale for sources (A to F)."""

    A = "A", "A reliable"
    B = "B", "B usually reliable"
    C = "C", "C fairly reliable"
    D = "D", "D not usually reliable"
    E = "E", "E unreliable"
    F = "F", "F cannot be judged"


class TermKind(models.TextChoices):
    """What a sentence is."""

    FIXED = "fixed", "fixed term"
    LIFE = "life", "life"
    DEATH_SUSPENDED = "death_suspended", "death with reprieve"
    DEATH = "death", "death"


class GroupKind(models.TextChoices):
    """Why persons are taken together."""

    INCIDENT = "incident", "same incident"
    TRIAL = "trial", "same trial"
    OTHER = "other", "other"


class LinkKind(models.TextChoices):
    """What ties two cases; read from the first to the second."""

    CO_DEFENDANT = "co_defendant", "co-defendant of"
    FAMILY = "family", "family of"
    LAWYER = "lawyer", "lawyer of"
    OTHER = "other", "connected with"


class Grade(models.TextChoices):
    """What an answer is worth. It stands here, because tables of cases tell the grade of the last answer."""

    SUBSTANTIVE = "substantive", "substantive"
    PARTIAL = "partial", "partial"
    NONE = "none", "no substance"
    REFUSED = "refused", "refused"


class Use(models.TextChoices):
    """What a case may be used for; each is assessed for itself."""

    PRIVATE = "private", "raise privately"
    WRITTEN = "written", "hand over in writing"
    PARTNERS = "partners", "share with partners"
    PUBLIC = "public", "make public"


class UseOutcome(models.TextChoices):
    """What came of weighing consent and risk of harm."""

    ALLOWED = "allowed", "may be used"
    NOT = "not", "not to be used"


class ConsentBy(models.TextChoices):
    """Who consents, or refuses."""

    PERSON = "person", "the person"
    FAMILY = "family", "family"
    LAWYER = "lawyer", "lawyer"
    ORGANISATION = "organisation", "organisation acting for them"
