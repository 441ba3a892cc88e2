"""What the tests of the import share: invented tables, and the way through the pages."""

import csv
import io

from django.core.files.uploadedfile import SimpleUploadedFile

from cases.models import Case, ImportBatch, ImportRow

HEADINGS = [
    "No",
    "Last name",
    "First name",
    "Sex",
    "Age",
    "Start date",
    "End date",
    "Violence",
    "Prison",
    "Group",
    "Hat",
]
ROWS = [
    ["1", "Invented", "Tashi", "m", "30", "2014-05-14", "2014-06-01", "Detained", "North Prison", "a", "red"],
    ["2", "Made-up", "Dolkar", "f", "NA", "May 2014", "NA", "Disappeared", "NA", "a", "NA"],
    ["3", "Fictional", "Karim", "m", "41", "2015", "2014-01-02", "Detained", "South Prison", "b", "<b>blue</b>"],
]


def table(rows=ROWS, headings=HEADINGS) -> bytes:
    """A CSV file."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerows([headings, *rows])
    return text.getvalue().encode()


def upload(client, cast, content: bytes | None = None, name: str = "list.csv", **values) -> ImportBatch:
    """Uploads through the page; the task runs at once. The newest batch."""
    file = SimpleUploadedFile(name, table() if content is None else content)
    data = {
        "file": file,
        "provider": "Watch Group",
        "title": "Spring list",
        "dialogue": str(cast.cn.pk),
        "marking": "1",
    }
    response = client.post("/imports/new/", {**data, **values})
    assert response.status_code == 302, response.content.decode()
    return batch_at(response["Location"])


def batch_at(url: str) -> ImportBatch:
    return ImportBatch.objects.get(pk=url.split("/")[2])


def form_of(client, url: str) -> dict[str, str]:
    """What the form on a page would send if nothing were changed."""
    response = client.get(url)
    assert response.status_code == 200, (url, response.status_code, response.get("Location"))
    form = response.context["form"]
    return {field.html_name: "" if field.value() is None else str(field.value()) for field in form}


def map_columns(client, batch, **changes):
    """Sends the columns as guessed, but for `changes` (heading or setting → value)."""
    url = f"/imports/{batch.pk}/columns/"
    data = form_of(client, url)
    for name, value in changes.items():
        data[f"c{batch.columns.index(name)}" if name in batch.columns else name] = value
    return client.post(url, data)


def say_values(client, batch, **meanings):
    """Sends the values as guessed, but for `meanings` (value → meaning)."""
    url = f"/imports/{batch.pk}/values/"
    response = client.get(url)
    form = response.context["form"]
    data = {field.html_name: str(field.value() or "") for field in form}
    for name, _, value in form.keys:
        if value in meanings:
            data[name] = meanings[value]
    return client.post(url, data)


def checked(client, cast, content: bytes | None = None, meanings=None, upload_values=None, **changes) -> ImportBatch:
    """A batch that stands before its preview."""
    batch = upload(client, cast, content, **(upload_values or {}))
    response = map_columns(client, batch, **changes)
    if response["Location"].endswith("/values/"):
        response = say_values(client, batch, **(meanings or {}))
    assert response.status_code == 302, response.content.decode()
    batch.refresh_from_db()
    assert batch.state == "checked", (batch.state, batch.failure)
    return batch


def confirm(client, batch, **changes):
    url = f"/imports/{batch.pk}/confirm/"
    data = form_of(client, url)
    count = ImportRow.objects.filter(batch=batch, skip=False).count()
    return client.post(url, {**data, "count": str(count), **changes})


def case_of(batch, number: int) -> Case:
    """The case that a row of the file has made."""
    return Case.objects.get(import_rows__batch=batch, import_rows__number=number)


def imported(client, cast, content: bytes | None = None, **changes) -> ImportBatch:
    """A batch whose cases are made."""
    batch = checked(client, cast, content, **changes)
    response = confirm(client, batch)
    assert response.status_code == 302, response.content.decode()
    batch.refresh_from_db()
    assert batch.state == "done", batch.failure
    return batch
