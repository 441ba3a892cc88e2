"""Recording a reply: text, paper, label, what is filled in, and that nothing is recorded twice."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from casetracker.access.errors import Denied, WrongState
from casetracker.access.roles import Marking
from casetracker.access.see import Label
from casetracker.audit.models import TrailEntry
from rounds.actions.response import record_response
from rounds.models import Partner, Response, ResponseFile, ResponseFileContent
from tests import make
from tests.rounds import cycle
from tests.rounds import make as rounds_make
from tests.rounds.responses.make import NOVEMBER

pytestmark = pytest.mark.django_db
URL = "/responses/new/"


@pytest.fixture
def olga(cast, as_):
    return as_(cast.olga)


def text_of(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def label_of(dialogue, marking=1, circle=""):
    return f"{dialogue.pk}/{marking}/{circle}"


def sent(client, cast, url=URL, **values):
    """A form filled in, with the key the page gave."""
    key = re.search(r'name="key" value="([^"]+)"', client.get(url).content.decode())[1]
    facts = {"on": "10 November 2025", "form": "written", "verbatim": "他身体健康。", "language": "zh-Hans"}
    return {"key": key, "label": label_of(cast.cn), **facts, **values}


def test_a_reply_in_words_is_recorded(cast, olga):
    answer = olga.post(URL, sent(olga, cast))
    made = Response.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/responses/{made.pk}/")
    assert (made.on, made.verbatim, made.label()) == (NOVEMBER, "他身体健康。", Label(cast.cn.pk, 1))
    assert TrailEntry.objects.get(verb="response.recorded").object_id == made.pk
    assert 'lang="zh-Hans" dir="ltr">他身体健康。' in olga.get(f"/responses/{made.pk}/").content.decode()


def test_a_paper_is_kept_encrypted_and_leaves_under_a_random_name(cast, olga, as_):
    paper = SimpleUploadedFile("Name of a person.PDF", b"%PDF the reply")
    olga.post(URL, sent(olga, cast, verbatim="", file=paper, title="Note of the embassy"))
    file = ResponseFile.objects.get()
    assert (file.title, file.extension, file.size) == ("Note of the embassy", "pdf", 14)
    assert b"the reply" not in bytes(ResponseFileContent.objects.get().sealed)
    got = as_(cast.rita).get(f"/responses/papers/{file.pk}/")
    assert got.content == b"%PDF the reply"
    assert re.fullmatch(r'attachment; filename="[0-9a-f-]{36}\.pdf"', got["Content-Disposition"])
    assert (got["Content-Type"], got["X-Content-Type-Options"]) == ("application/octet-stream", "nosniff")
    assert "sandbox" in got["Content-Security-Policy"]
    assert as_(cast.lars).get(f"/responses/papers/{file.pk}/").status_code == 404
    assert TrailEntry.objects.filter(verb="attachment.read", actor=cast.rita, object_id=file.pk).exists()


def test_a_paper_too_large_is_refused(cast, olga, settings):
    settings.UPLOAD_LIMIT = 1000
    form = sent(olga, cast, file=SimpleUploadedFile("x.pdf", b"x" * 1001), title="Note")
    assert olga.post(URL, form).status_code == 413
    assert not Response.objects.exists()


def test_a_paper_is_told_what_it_is(cast, olga):
    answer = olga.post(URL, sent(olga, cast, file=SimpleUploadedFile("x.pdf", b"x")))
    assert answer.status_code == 422
    assert "Say what the paper is" in text_of(answer)


def test_a_reply_says_something_and_has_come(cast, olga):
    assert "Write what came back" in text_of(olga.post(URL, sent(olga, cast, verbatim=" ")))
    tomorrow = timezone.localdate() + timedelta(days=1)
    answer = olga.post(URL, sent(olga, cast, on=tomorrow.isoformat()))
    assert answer.status_code == 409
    assert "This day lies ahead" in text_of(answer)
    assert "他身体健康。" in answer.content.decode()
    assert not Response.objects.exists()


def test_a_partner_only_relays(cast, olga):
    with cycle.acting(cycle.Verb.PARTNER_ADDED, by=cast.olga):
        partner = Partner(name="Switzerland")
        cycle.save_new(partner)
    assert olga.post(URL, sent(olga, cast, partner=partner.pk)).status_code == 409
    assert olga.post(URL, sent(olga, cast, partner=partner.pk, form="relayed")).status_code == 302


def test_a_round_of_another_dialogue_is_refused(cast):
    foreign = rounds_make.round_(cast.lars, cast.nv)
    values = {"on": NOVEMBER, "form": "written", "verbatim": "x", "round_id": foreign.pk}
    with pytest.raises(WrongState):
        record_response(by=cast.olga, label=Label(cast.cn.pk, 1), values=values)


def test_the_same_form_sent_twice_makes_one(cast, olga):
    form = sent(olga, cast)
    first, second = olga.post(URL, form), olga.post(URL, form)
    assert first["Location"] == second["Location"]
    assert Response.objects.count() == 1


def test_the_same_words_by_a_colleague_are_asked_about(cast, olga, as_):
    olga.post(URL, sent(olga, cast))
    hugo = as_(cast.hugo)
    form = sent(hugo, cast)
    answer = hugo.post(URL, form)
    assert answer.status_code == 409
    assert f"/responses/{Response.objects.get().pk}/" in answer.content.decode()
    assert hugo.post(URL, {**form, "nevertheless": "on"}).status_code == 302
    assert Response.objects.count() == 2


def test_a_hidden_reply_with_the_same_words_is_not_told(cast, as_):
    nils = as_(cast.nils)
    nils.post(URL, sent(nils, cast, label=label_of(cast.cn, 2)))
    olga = as_(cast.olga)
    assert olga.post(URL, sent(olga, cast)).status_code == 302


def test_a_list_fills_in_label_and_round(cast, as_):
    case = make.case(cast.hugo, cast.cn, marking=Marking.RESTRICTED, compartment=cast.north)
    held = rounds_make.held(cast.olga, cast.cn)
    answered = cycle.handed_over(cast.hugo, cast.anna, held, case, label=case.label())
    page = as_(cast.hugo).get(f"{URL}?list={answered.pk}").content.decode()
    assert f'<option value="{label_of(cast.cn, 2, cast.north.pk)}" selected>' in page
    assert f'<option value="{held.pk}" selected>' in page
    assert label_of(cast.cn) not in page
    unseen = as_(cast.olga).get(f"{URL}?list={answered.pk}").content.decode()
    assert str(answered.pk) not in re.sub(r"\?list=[0-9a-f-]+", "", unseen)
    assert f'<option value="{held.pk}" selected>' not in unseen


def test_who_would_see_it_is_told_before(cast, as_):
    hugo = as_(cast.hugo)
    assert "Olga Brandt" in text_of(hugo.get(URL))
    form = {"label": label_of(cast.cn, 2, cast.north.pk), "look": "1"}
    part = hugo.post(URL, form, headers={"HX-Request": "true"})
    assert "Hugo Lindqvist" in text_of(part)
    assert "Olga Brandt" not in text_of(part)
    assert "<html" not in part.content.decode()
    assert not Response.objects.exists()


@pytest.mark.parametrize("who", ["rita", "anna", "nora", "zoe", "adam", "otto"])
def test_only_officials_record(cast, as_, who):
    person = getattr(cast, who)
    assert as_(person).get(URL).status_code == 403
    assert as_(person).post(URL, {"label": label_of(cast.cn), "on": "2025-11-10"}).status_code == 403
    with pytest.raises(Denied):
        record_response(
            by=person, label=Label(cast.cn.pk, 1), values={"on": NOVEMBER, "form": "written", "verbatim": "x"}
        )


def test_no_label_beyond_ones_own(cast, as_):
    olga = as_(cast.olga)
    for label in (label_of(cast.cn, 2), label_of(cast.cn, 1, cast.north.pk), label_of(cast.nv)):
        assert olga.post(URL, sent(olga, cast, label=label)).status_code == 422
    assert not Response.objects.exists()
