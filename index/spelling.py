"""Spelling and compounding variants of English, as tables: which ways of writing are one word.

Spelling goes to the American form, because fewer words are exceptions that way. A rule that fires on a
word it was not meant for does no harm to matching, since text and query pass through the same rules.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_PREFIXES = """
    anti auto bi bio co counter de extra hyper hypo infra inter intra macro meta micro mid mono multi neuro
    non over para peri poly post pre pro pseudo psycho re semi socio sub super supra trans tri ultra un under
    uni
"""
_OPEN_PREFIXES = "anti inter intra multi non pseudo psycho semi socio"
#: Joined to the next word when only a hyphen stands between: inter-agency, co-operation, re-admission.
PREFIXES = frozenset(_PREFIXES.split())
#: Joined also over a space, because they are no English words of their own: "multi agency".
OPEN_PREFIXES = frozenset(_OPEN_PREFIXES.split())
#: "co" is also a company; over a space it is joined only to these beginnings.
CO_WORDS = ("author", "design", "exist", "locat", "morbid", "occur", "operat", "ordinat", "produc", "work")

#: Latin, not a prefix: "inter alia".
NOT_JOINED = frozenset({"alia", "alios", "partum", "se", "vivos"})

_OPEN_COMPOUNDS = """
    health/care healthcare health/cares team/work teamwork team/working work/force workforce work/load
    workload work/place workplace work/shop workshop well/being wellbeing child/care childcare care/giver
    caregiver care/givers care/giving care/taker caretaker case/work casework case/worker case/workers
    case/load caseload case/loads key/worker keyworker key/workers policy/maker policymaker policy/makers
    policy/making decision/maker decision/makers decision/making law/maker law/makers data/base data/bases
    web/site web/sites life/style life/styles safe/guard safe/guards safe/guarding safe/guarded joined/up
    follow/up skill/mix check/list check/lists on/line e/health e/mail e/mails e/learning tele/health
    tele/care tele/medicine home/care home/carer bed/side day/care drop/out drop/outs break/down help/line
    cost/effective cost/effectiveness post/traumatic post/graduate post/graduates pre/school time/scale
    time/scales time/table band/width per/cent life/long life/span stake/holder stake/holders share/holder
    share/holders grass/roots front/line bench/mark bench/marks step/family grand/parent grand/parents
    school/teacher head/teacher head/teachers meta/analysis meta/analyses meta/analytic
"""

#: Joined over a hyphen only, because the open form is something else: "changes in patient care".
_HYPHEN_COMPOUNDS = """
    in/patient in/patients out/patient out/patients after/care out/reach in/service in/put out/come out/comes
    in/depth
"""


def _pairs(table: str) -> dict[tuple[str, str], str]:
    pairs = (entry.split("/") for entry in table.split() if "/" in entry)
    return {(first, second): first + second for first, second in pairs}


#: (first, second) to the closed form.
OPEN_COMPOUNDS: Mapping[tuple[str, str], str] = _pairs(_OPEN_COMPOUNDS)
HYPHEN_COMPOUNDS: Mapping[tuple[str, str], str] = {**OPEN_COMPOUNDS, **_pairs(_HYPHEN_COMPOUNDS)}

#: A closed compound to the words in it, so that "care" finds "healthcare". Particles are no such words.
_PARTICLES = frozenset({"e", "joined", "meta", "on", "out", "per", "post", "pre", "tele", "up", "well"})
COMPOUND_PARTS: Mapping[str, tuple[str, ...]] = {
    closed: tuple(part for part in pair if part not in _PARTICLES) for pair, closed in OPEN_COMPOUNDS.items()
}

_EXACT = {
    "acknowledgement": "acknowledgment",
    "acknowledgements": "acknowledgments",
    "adviser": "advisor",
    "advisers": "advisors",
    "ageing": "aging",
    "amongst": "among",
    "analyze": "analyse",
    "analyzed": "analysed",
    "analyzes": "analyses",
    "analyzing": "analysing",
    "analyzer": "analyser",
    "benefitted": "benefited",
    "benefitting": "benefiting",
    "defence": "defense",
    "defences": "defenses",
    "enquiries": "inquiries",
    "enquiry": "inquiry",
    "enrol": "enroll",
    "enrolment": "enrollment",
    "enrolments": "enrollments",
    "enrols": "enrolls",
    "focussed": "focused",
    "focusses": "focuses",
    "focussing": "focusing",
    "fulfil": "fulfill",
    "fulfilment": "fulfillment",
    "fulfils": "fulfills",
    "grey": "gray",
    "instalment": "installment",
    "instalments": "installments",
    "judgement": "judgment",
    "judgemental": "judgmental",
    "judgements": "judgments",
    "learnt": "learned",
    "licence": "license",
    "licences": "licenses",
    "offence": "offense",
    "offences": "offenses",
    "orientated": "oriented",
    "practise": "practice",
    "practised": "practiced",
    "practises": "practices",
    "practising": "practicing",
    "programme": "program",
    "programmes": "programs",
    "sceptical": "skeptical",
    "scepticism": "skepticism",
    "skilful": "skillful",
    "speciality": "specialty",
    "specialities": "specialties",
    "targetted": "targeted",
    "targetting": "targeting",
    "towards": "toward",
    "whilst": "while",
    "wilful": "willful",
}

# Words in -ise that no one writes with a z.
_ALWAYS_ISE = re.compile(
    r"^(?:\w*(?:adv|comprom|compr|conc|dem|desp|dev|disgu|enfranch|enterpr|exc|exerc|expert|franch|improv|"
    r"inc|merchand|otherw|likew|parad|prec|prem|prom|rev|superv|surm|surpr|telev|treat|clockw|circumc))is"
)
_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(
            r"(?<=\w\w[^aeiou])is(e[ds]?|er|ers|ing|ings|able|ability|ation|ations|ational|ationally)$"
        ),
        r"iz\1",
    ),
    (re.compile(r"(?<=\w\w[aeiou])is(ation|ations|ational)$"), r"iz\1"),
    (
        re.compile(
            r"(arm|behavi|clam|col|demean|endeav|fav|flav|glam|harb|hon|hum|lab|neighb|od|parl|rig|rum|sav|"
            r"splend|tum|val|vap|vig)our"
        ),
        r"\1or",
    ),
    (re.compile(r"(calib|cent|fib|lit|lust|meag|met|sab|somb|spect|theat)re(s?)$"), r"\1er\2"),
    (re.compile(r"(cent)r(?=(?:ed|ing)$)"), r"\1er"),
    (re.compile(r"(catal|dial|anal|monol|prol|epil)ogue"), r"\1og"),
    (
        re.compile(
            r"(cancel|channel|counsel|dial|duel|equal|fuel|funnel|initial|jewel|label|level|marshal|marvel|model|"
            r"panel|pedal|quarrel|rival|shovel|signal|total|travel|trial|tunnel|unravel)l(?=ed|ing|er|or)"
        ),
        r"\1",
    ),
    (re.compile(r"(?<=h|n|k|l|r|s|x|c|t)aem(?=[aio])"), "em"),
    (re.compile(r"paed(?=[io])"), "ped"),
    (re.compile(r"(an|kin)aes(?=th)"), r"\1es"),
    (re.compile(r"^aetiol"), "etiol"),
    (re.compile(r"gynaec"), "gynec"),
    (re.compile(r"(arch|medi|prim)ae(?=ol|v)"), r"\1e"),
    (re.compile(r"caes(?=ar|ia)"), "ces"),
    (re.compile(r"faec"), "fec"),
    (re.compile(r"^oe(?=dem|soph|str)|(?<=anti)oe(?=str)"), "e"),
    (re.compile(r"foet(?=al|us)"), "fet"),
    (re.compile(r"(?<=n|h)oea"), "ea"),
    (re.compile(r"coeliac"), "celiac"),
    (re.compile(r"manoeuvr"), "maneuver"),
)


#: Every rule needs one of these letters, and most words have none.
_LETTERS = re.compile(r"is|our|re|cent|ogue|ll|ae|oe")


def american(word: str) -> str:
    """The lower-case ``word`` in the spelling that stands for all its spellings."""
    if word in _EXACT:
        return _EXACT[word]
    if not _LETTERS.search(word):
        return word
    for pattern, form in _RULES:
        if pattern.search(word) and not (form.startswith("iz") and _ALWAYS_ISE.match(word)):
            word = pattern.sub(form, word)
    return word
