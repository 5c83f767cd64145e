"""The vocabulary of the sample company. Everything here is invented; people appear as roles and numbers only."""

from dataclasses import dataclass

STEM_STARTS = (
    "Ald", "Bren", "Cor", "Dun", "Eld", "Fen", "Gral", "Hol", "Ing", "Jor", "Kel", "Lin", "Mar", "Nor", "Ost", "Pel",
    "Quen", "Rav", "Stel", "Tor", "Ulv", "Var", "Wend", "Yar", "Zel", "Grün", "Mél", "Søl", "Bäl", "Cañ",
)  # fmt: skip
STEM_ENDS = (
    "bach", "berg", "bury", "dale", "den", "field", "ford", "gate", "ham", "holm", "la", "mark", "mere", "moor",
    "ney", "rick", "stad", "thorpe", "vall", "vern", "vik", "wick", "wold", "zano",
)  # fmt: skip
PLAIN_LETTERS = str.maketrans({"ü": "u", "é": "e", "ø": "o", "ä": "a", "ñ": "n"})


@dataclass(frozen=True)
class Industry:
    """An industry: its share of the accounts and how well it fits."""

    label: str
    share: float
    fit: float
    nouns: tuple[str, ...]


INDUSTRIES = (
    Industry("Food & Beverages", 0.24, 0.0, ("Foods", "Mills", "Dairy", "Brewing", "Bakeries")),
    Industry("Chemicals", 0.20, 0.35, ("Chemicals", "Polymers", "Coatings", "Resins", "Salts")),
    Industry("Pharmaceuticals", 0.15, 0.8, ("Pharma", "Biologics", "Vaccines", "Laboratories", "Sera")),
    Industry("Utilities", 0.15, 0.1, ("Water", "Waterworks", "District Heat", "Utilities", "Treatment")),
    Industry("Oil & Energy", 0.14, 0.3, ("Energy", "Power", "Gas", "Refining", "Hydrogen")),
    Industry("Mining & Metals", 0.12, -0.4, ("Steel", "Minerals", "Foundry", "Alloys", "Castings")),
)


@dataclass(frozen=True)
class Technology:
    """What a plant keeps its measurements in: share of the accounts, how well it fits, empty where nobody asked."""

    label: str
    share: float
    fit: float


TECHNOLOGIES = (
    Technology("Cloud historian", 0.24, 0.55),
    Technology("On-premise historian", 0.36, 0.0),
    Technology("Spreadsheets", 0.27, -0.35),
    Technology("", 0.13, 0.0),
)


@dataclass(frozen=True)
class Country:
    """A country: its sales region, the team that sells there, its share of the accounts, and what it pays in."""

    label: str
    region: str
    team: str
    share: float
    cities: tuple[str, ...]
    currency: str = "EUR"


COUNTRIES = (
    Country("Germany", "DACH", "Central", 0.25, ("Hamburg", "Köln", "Leipzig", "Stuttgart")),
    Country("Austria", "DACH", "Central", 0.06, ("Linz", "Graz")),
    Country("Switzerland", "DACH", "Central", 0.06, ("Basel", "Winterthur"), "CHF"),
    Country("Poland", "CEE", "Central", 0.06, ("Poznań", "Gdynia")),
    Country("United Kingdom", "UK & Ireland", "North", 0.12, ("Leeds", "Bristol", "Hull"), "GBP"),
    Country("Ireland", "UK & Ireland", "North", 0.03, ("Cork", "Limerick")),
    Country("Netherlands", "Benelux", "North", 0.09, ("Rotterdam", "Zwolle")),
    Country("Sweden", "Nordics", "North", 0.07, ("Göteborg", "Malmö")),
    Country("Denmark", "Nordics", "North", 0.04, ("Aarhus", "Odense")),
    Country("France", "France", "South", 0.11, ("Lyon", "Nantes", "Lille")),
    Country("Spain", "Iberia", "South", 0.07, ("Zaragoza", "Valencia")),
    Country("Italy", "Italy", "South", 0.04, ("Bologna", "Torino")),
)

SELLERS_PER_TEAM = {"North": 5, "Central": 6, "South": 4}
REPS_PER_TEAM = 2

PRODUCTS = (
    ("Flow meters", 0.38, 1.0),
    ("Gas analysers", 0.27, 1.5),
    ("Level sensors", 0.22, 0.6),
    ("Calibration service", 0.13, 0.4),
)
COMPETITORS = (("Fulgora Metering", 0.30), ("Ostrel Sensing", 0.22), ("Kvanta Controls", 0.14), ("", 0.34))


@dataclass(frozen=True)
class Topic:
    """A topic that companies research, in the vendor's taxonomy."""

    label: str
    category: str


COMPETITOR_TOPICS = "Competitors"
TOPICS = (
    Topic("Flow measurement", "Process instrumentation"),
    Topic("Level measurement", "Process instrumentation"),
    Topic("Emissions monitoring", "Environmental compliance"),
    Topic("Instrument calibration", "Maintenance"),
    *(Topic(name, COMPETITOR_TOPICS) for name, _ in COMPETITORS if name),
)
LOSS_REASONS = (
    ("Price", 0.29),
    ("Competitor", 0.24),
    ("Security requirements", 0.19),
    ("Missing feature", 0.16),
    ("Timing", 0.12),
)
OTHER_SOURCES = (("Outbound", 0.55), ("Referral", 0.20), ("Partner", 0.13), ("Existing customer", 0.12))
TRAFFIC_SOURCES = (
    ("Organic Search", 0.28), ("Direct Traffic", 0.20), ("Offline Sources", 0.18), ("Email Marketing", 0.12),
    ("Paid Search", 0.09), ("Referrals", 0.07), ("Paid Social", 0.06),
)  # fmt: skip


@dataclass(frozen=True)
class Job:
    """A job title with its department, the part it plays in buying and its share of the contacts."""

    title: str
    department: str
    buying_role: str
    share: float


JOBS = (
    Job("Process Engineer", "Engineering", "End User", 0.20),
    Job("Head of Process Engineering", "Engineering", "Champion", 0.12),
    Job("Plant Manager", "Operations", "Decision Maker", 0.14),
    Job("VP Operations", "Operations", "Budget Holder", 0.08),
    Job("Maintenance Lead", "Operations", "Influencer", 0.12),
    Job("Quality Manager", "Quality", "Influencer", 0.12),
    Job("Procurement Manager", "Procurement", "Legal & Compliance", 0.10),
    Job("IT Security Officer", "IT", "Blocker", 0.07),
    Job("Chief Financial Officer", "Finance", "Executive Sponsor", 0.05),
)


@dataclass(frozen=True)
class CampaignKind:
    """A kind of campaign: how often it runs, its weight among responses and among sends, what it costs.

    by_intent: its weight among responses while intent steers it; 0 where it never does.
    """

    type: str
    name: str
    months: tuple[int, ...]
    responses: float
    sends: float
    cost: int
    answered: str
    unanswered: str
    program: str = "Other"
    by_intent: float = 0.0


_EVERY = tuple(range(1, 13))
CAMPAIGN_KINDS = (
    CampaignKind("Email", "Newsletter", _EVERY, 0.24, 0.62, 4800, "Clicked", "Sent"),
    CampaignKind("Webinar", "Webinar: measuring what matters", _EVERY, 0.22, 0.12, 14000, "Attended", "Registered"),
    CampaignKind("Content", "Guide: leak-free plants", _EVERY, 0.19, 0.04, 11000, "Downloaded", "Sent"),
    CampaignKind("Website", "Demo and contact forms", _EVERY, 0.13, 0.0, 8500, "Submitted form", "Sent"),
    CampaignKind("Advertisement", "ABM: account ads", _EVERY, 0.06, 0.12, 17000, "Responded", "Sent", "ABM", 0.28),
    CampaignKind(
        "Trade Show", "Trade show: process days", (3, 6, 9, 11), 0.11, 0.04, 98000, "Visited booth", "Invited", "Shared"
    ),
    CampaignKind("Direct Mail", "ABM: sample box", (2, 5, 10), 0.05, 0.06, 19000, "Responded", "Sent", "ABM"),
)

STAGES = ("Discovery", "Qualified", "Proposal", "Security review", "Negotiation")
CLOSINGS = ("Closed Won", "Closed Lost", "No decision")
STAGE_PROBABILITY = {
    "Discovery": 10,
    "Qualified": 25,
    "Proposal": 50,
    "Security review": 65,
    "Negotiation": 80,
    "Closed Won": 100,
    "Closed Lost": 0,
    "No decision": 0,
}
PIPELINE = "New business"

PARTNER_STAGES = ("Registered", "Joint scoping", "Offer (joint)")
PARTNER_CLOSINGS = ("Closed won", "Closed lost")
PARTNER_PROBABILITY = {
    "Registered": 0.2,
    "Joint scoping": 0.4,
    "Offer (joint)": 0.7,
    "Closed won": 1.0,
    "Closed lost": 0.0,
}
PARTNER_PIPELINE = "Partner channel"
