"""The linter's codes. A code never changes its meaning; a rule that goes takes its code with it."""

from enum import StrEnum


class Code(StrEnum):
    """What a diagnostic is about: 0xx files, 1xx the language, 2xx the contract's sense."""

    UNREADABLE = "SLA001"
    NOT_TOML = "SLA002"
    NO_POLICIES = "SLA003"
    TOO_DEEP = "SLA004"
    HIDDEN_CHARACTER = "SLA005"
    IDLE_IGNORE = "SLA006"

    UNKNOWN_KEY = "SLA101"
    UNKNOWN_KIND = "SLA102"
    WRONG_VALUE = "SLA103"
    MISSING_KEY = "SLA104"
    BAD_ID = "SLA105"
    DUPLICATE_ID = "SLA106"
    UNKNOWN_REFERENCE = "SLA107"
    REFERENCE_CYCLE = "SLA108"
    UNKNOWN_PLUGIN = "SLA109"
    NOT_FOR_CUSTOMERS = "SLA110"
    UNSET_VARIABLE = "SLA111"
    CONFLICTING_KEYS = "SLA112"
    SECRET_IN_CLEAR = "SLA113"  # noqa: S105 (the code's name, not a secret)
    FILE_FOR_CUSTOMERS = "SLA114"

    MIDNIGHT_WINDOW = "SLA201"
    NEVER_OPEN = "SLA202"
    UNUSED = "SLA203"
    SLOW_TIMEOUT = "SLA204"
    NO_CHECK = "SLA205"
    TARGET_OUT_OF_REACH = "SLA206"
    CANNOT_MEASURE = "SLA207"
    CREDIT_TIERS = "SLA208"
    AMENDMENTS = "SLA209"
    WEAKER_THAN_STANDARD = "SLA210"
    STRONGER_THAN_PARTS = "SLA211"
    LONG_MAINTENANCE = "SLA212"
    NOBODY_IS_TOLD = "SLA213"
    MIXED_SCRIPTS = "SLA214"
    NOTHING_LEFT = "SLA215"
    TWINS = "SLA216"
    AMENDED_INSIDE = "SLA217"
    MUTE_BURN_ALERT = "SLA218"
    CREDIT_TERMS = "SLA219"
