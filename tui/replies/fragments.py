"""Parts of the patterns that several tables of words share."""

ABSENT = (
    "(?:unknown|not found|not known|(?:does|did) ?n[o']t exist|doesnt exist|not exist|non-?existent"
    "|invalid|illegal|not valid|not a valid|no longer valid|not listed|undeliverable"
    "|not recogni[sz]ed|could not be found|was not found|wrong)"
)
OFF = (
    r"(?:disabled|deactivated|suspended|inactive|not activ|frozen|locked|discontinued|terminated"
    r"|expired|closed|on hold|blocked|bloque)"
)
REFUSED = (
    r"(?:reject|refus|den(?:y|ied)|block|bann?ed|forbid|prohibit"
    r"|not (?:be )?(?:allowed|permitted|accept|authori[sz]ed|welcome))"
)
