"""Plans as people write them beside "not yet" and "partly": who does it, by when, and whether one of them is missing."""

from typing import NamedTuple

from bot.domain.answers import Status

IN, PART, NOT = Status.IN_PLACE, Status.PARTLY, Status.NOT_YET
US, DE, FR = "en-US", "de-DE", "fr-FR"
ASKED, OVER = "no_plan", "past_date"


class Row(NamedTuple):
    """A reply about something that is not there yet, and who is named for it by when."""

    words: str
    who: str
    """A Slack id, or the words for somebody; empty where nobody is named."""
    by: str = ""
    concern: str | None = None
    status: Status = NOT
    locale: str = US
    what: str | None = None
    """The next step, where the row is about it."""


ALL = [
    Row("not yet, the platform team will by 12 Dec", "the platform team", "2026-12-12", what=""),
    Row("Not yet, Jonas will build the switch by end of January", "Jonas", "2027-01-31"),
    Row("not yet: <@U0JON> by friday", "U0JON", "2026-11-27"),
    Row("not yet, <@U0JON|jonas> is on it until next week", "U0JON", "2026-12-04"),
    Row("in progress, <!subteam^S0PLAT|@platform> finishes in Q1 2027", "S0PLAT", "2027-03-31", status=PART),
    Row("no, Finance approves the budget on 12/12", "Finance", "2026-12-12"),
    Row("no, waiting for security, they decide in two weeks", "security", "2026-12-09"),
    Row("blocked by legal until end of next month", "legal", "2026-12-31"),
    Row("partly, reading works. Jana writes the rest by 3 March 2027", "Jana", "2027-03-03", status=PART),
    Row("partly - Ana and Jonas finish it in two weeks", "Ana and Jonas", "2026-12-09", status=PART),
    Row("half of it, Support Ops does the rest by mid January", "Support Ops", "2027-01-15", status=PART),
    Row(
        "noch nicht, das Plattform-Team macht das bis Ende Januar",
        "das Plattform-Team",
        "2027-01-31",
        None,
        NOT,
        DE,
    ),
    Row("Nein, Jonas kümmert sich bis 12.12. darum", "Jonas", "2026-12-12", None, NOT, DE),
    Row("teilweise, der Betrieb baut den Rest bis KW 50", "der Betrieb", "2026-12-11", None, PART, DE),
    Row(
        "fehlt noch, wird vom Rechenzentrum bis zum 15.1. geliefert",
        "Rechenzentrum",
        "2027-01-15",
        None,
        NOT,
        DE,
    ),
    Row(
        "pas encore, l'équipe Plateforme le fera d'ici le 12 décembre",
        "l'équipe Plateforme",
        "2026-12-12",
        None,
        NOT,
        FR,
    ),
    Row("not yet. owner: Ana Lopez, due 2026-12-12", "Ana Lopez", "2026-12-12"),
    Row("todo, Team Billing, KW 50", "Team Billing", "2026-12-11"),
    Row("not yet, the vendor delivers the connector in February", "the vendor", "2027-02-28"),
    Row("missing. IT connects it by 15 January", "IT", "2027-01-15"),
    Row("nope, me, by friday", "U0OMAR", "2026-11-27"),
    Row("Not yet, I will do it tomorrow", "U0OMAR", "2026-11-26"),
    Row("noch nicht, ich mache das bis Freitag", "U0OMAR", "2026-11-27", None, NOT, DE),
    Row("We will add alerts by 12 Dec, Jonas does it", "Jonas", "2026-12-12"),
    Row("<@U0JON> will set it up, we will be done by Friday", "U0JON", "2026-11-27"),
    Row("by 12 Dec, Jonas", "Jonas", "2026-12-12", what=""),
    Row("Jonas, tomorrow", "Jonas", "2026-11-26"),
    Row("Security, on 8 March", "", "", None, IN),
    Row("by Jo from Security on 8 March", "", "", None, IN),
    Row("10 % of cases until 30 September", "", "", None, IN),
    Row("<@U0JON>, tomorrow", "U0JON", "2026-11-26"),
    Row("the platform team does it by 12 Dec", "the platform team", "2026-12-12"),
    Row("on 8 March", "", "", None, IN),
    Row("12 Dec, Jonas", "", "", None, IN),
    Row("jonas will do it next week", "jonas", "2026-12-04"),
    Row("not yet, the production owner will by 12 Dec", "S0PAY", "2026-12-12"),
    Row("not yet, the champion does it by Friday", "U0MIA", "2026-11-27"),
    Row("partly, Mia Chen finishes it by Friday", "U0MIA", "2026-11-27", status=PART),
    Row("partly, Mia finishes it by Friday", "Mia", "2026-11-27", status=PART),
    Row("not yet, started on 3 March, Jonas finishes by 3 April", "Jonas", "2027-04-03"),
    Row("not yet, stuck since last month, Ops fixes it by Friday", "Ops", "2026-11-27"),
    Row("Tomás macht das bis nächsten Freitag", "Tomás", "2026-11-27", None, NOT, DE, ""),
    Row("Tomás macht das bis kommenden Freitag", "Tomás", "2026-11-27", None, NOT, US, ""),
    Row("Jonas kümmert sich darum bis 12.12.", "Jonas", "2026-12-12", None, NOT, DE, ""),
    Row(
        "Das Plattform-Team übernimmt das bis Ende Januar", "Das Plattform-Team", "2027-01-31", None, NOT, DE
    ),
    Row("ich kümmere mich bis morgen darum", "U0OMAR", "2026-11-26", None, NOT, DE),
    Row("wir erledigen das bis Ende Januar", "", "2027-01-31", ASKED, NOT, DE, ""),
    Row("Jonas macht das seit Mai", "", "", None, IN, DE),
    # A day that is over.
    Row("not yet, the platform team will by 1 Jan 2020", "the platform team", "2020-01-01", OVER),
    Row("the platform team will by 1 Jan 2020", "the platform team", "2020-01-01", OVER),
    Row("by 1 Jan 2020, Jonas", "Jonas", "2020-01-01", OVER),
    Row("partly, Jonas finishes it by 3.3.2026", "Jonas", "2026-03-03", OVER, PART),
    Row("not yet, Jonas by 20 Nov", "Jonas", "2026-11-20", OVER),
    Row("not yet, Jonas by 14 Oct", "Jonas", "2027-10-14"),
    Row("not yet, Jonas in October", "Jonas", "2027-10-31"),
    # One of them is missing.
    Row("not yet", "", "", ASKED, what=""),
    Row("no", "", "", ASKED),
    Row("partly", "", "", ASKED, PART),
    Row("soon", "", "", ASKED, what=""),
    Row("we will monitor it", "", "", ASKED),
    Row("not yet, by 12 Dec", "", "2026-12-12", ASKED),
    Row("not yet, in March", "", "2027-03-31", ASKED),
    Row("not yet, the platform team", "the platform team", "", ASKED),
    Row("not yet, Jonas is on it", "Jonas", "", ASKED),
    Row("no, waiting for security", "security", "", ASKED),
    Row("not yet, the team will by 12 Dec", "", "2026-12-12", ASKED),
    Row("not yet, we will by 12 Dec", "", "2026-12-12", ASKED),
    Row("not yet, somebody will by 12 Dec", "", "2026-12-12", ASKED),
    Row("the dashboard will be ready by 12 Dec", "", "2026-12-12", ASKED),
    Row("not yet, alerts will be set up by Friday", "", "2026-11-27", ASKED),
    Row("partly: reads live, writes by hand", "", "", ASKED, PART, US, "reads live, writes by hand"),
    Row("not yet, Jonas was to do it by 12 Oct", "Jonas", "2026-10-12", ASKED),
    Row("not yet, missing since 3 March", "", "", ASKED),
    Row("yes, but only for card refunds", "", "", ASKED, PART),
    Row("almost, waiting for the firewall rule", "", "", ASKED, PART, US, "waiting for the firewall rule"),
    Row("We do not have a runbook", "", "", ASKED, what=""),
    Row("TBD on 12 Dec by @finance", "finance", "2026-12-12"),
    Row("tbd", "", "", "to_be_decided"),
    Row("n't sure yet, ask <@U0JON> next week", "U0JON", "2026-12-04"),
]

SECOND = [
    # (first, second, who, by, concern, status)
    ("not yet", "Jonas, by Friday", "Jonas", "2026-11-27", None, NOT),
    ("not yet", "jonas", "jonas", "", ASKED, NOT),
    ("not yet", "<@U0JON> by 12 Dec", "U0JON", "2026-12-12", None, NOT),
    ("not yet, Jonas is on it", "by 12 Dec", "Jonas", "2026-12-12", None, NOT),
    ("not yet, by 12 Dec", "the platform team", "the platform team", "2026-12-12", None, NOT),
    ("not yet, Jonas by 12 Dec 2025", "sorry, 12 Dec 2026", "Jonas", "2026-12-12", None, NOT),
    (
        "partly",
        "Jonas does the rest, <https://jira.acme.example/OPS-1>, in two weeks",
        "Jonas",
        "2026-12-09",
        None,
        PART,
    ),
    ("partly", "no idea", "", "", ASKED, PART),
    ("soon", "end of January, platform team", "platform team", "2027-01-31", None, NOT),
    ("not yet", "Jonas", "Jonas", "", ASKED, NOT),
    ("not yet", "skip", "", "", ASKED, NOT),
    ("not yet", "should be fine", "", "", ASKED, NOT),
    ("not yet", "partly, Jonas by 12 Dec", "Jonas", "2026-12-12", None, PART),
    ("not yet", "yes, actually: Grafana pages Support Ops", "", "", None, IN),
    ("not yet", "We have a switch, see <https://wiki.acme.example/switch>", "", "", None, IN),
    ("not yet", "why do you ask?", "", "", ASKED, NOT),
    ("not yet", "me, tomorrow", "U0OMAR", "2026-11-26", None, NOT),
    ("tbd", "<https://example.com/sponsor>", "", "", "to_be_decided", NOT),
    ("tbd", "it is in the wiki: <https://example.com/sponsor>", "", "", "to_be_decided", NOT),
    ("tbd", "see <https://example.com/sponsor>", "", "", "to_be_decided", NOT),
    ("tbd", "Grafana pages Support Ops, see <https://example.com/d>", "", "", None, IN),
    ("not yet", "<https://jira.acme.example/OPS-1>", "", "", ASKED, NOT),
    ("soon", "<https://jira.acme.example/OPS-1>", "", "", ASKED, NOT),
    ("not yet", "by 1 Jan 2020, Jonas", "Jonas", "2020-01-01", OVER, NOT),
    (
        "not yet, Ana by 26 Feb 2027",
        "the platform team will by 1 Jan 2020",
        "the platform team",
        "2020-01-01",
        OVER,
        NOT,
    ),
    ("not yet, Ana by 1 Jan 2020", "Jonas", "Jonas", "2020-01-01", OVER, NOT),
    ("not yet, Ana by 1 Jan 2020", "12 Dec 2026", "Ana", "2026-12-12", None, NOT),
]
"""A reply, the reply to the one follow-up, and the plan of both together."""
