"""The gallery of an audit."""

from pipeline.report.audit.audit_content import AuditCase


def test_every_finding_and_case_is_there(page_of, image, finding):
    findings = tuple(
        finding(
            *[[image(f"{name}/{number}.jpg")] for number in range(5)],
            name=name, title=f"Title of {name}", meaning=f"Meaning of {name}.", action=action,
        )
        for name, action in (("split_leak", "stop"), ("truncated", "drop"), ("dark", "warn"), ("bright", "ignore"))
    )  # fmt: skip
    page = page_of(findings=findings)
    assert [one["id"] for one in page.all("section", "finding")] == [f"finding-{one.name}" for one in findings]
    assert len(page.all("article")) == len(page.all("img")) == 20
    for one in findings:
        assert page.words.count(one.title) == 2
        assert one.meaning in page.words
        assert f"Title of {one.name} {one.action} 5 5" in page.words
        assert all(f"{one.name}/{number}.jpg" in page.words for number in range(5))


def test_numbers_say_how_many_cases_are_not_shown(page_of, image, finding):
    page = page_of(findings=(finding([image(), image()], total=8_712, files=20_000),))
    assert "8,712 cases in 20,000 files; the first 1 are shown" in page.words
    page = page_of(findings=(finding([image()], total=1, files=1),))
    assert "1 file Look at them." in page.words
    assert "shown" not in page.words


def test_what_differs_between_duplicates_is_emphasised(page_of, image, finding):
    page = page_of(findings=(finding([image("a", "cat", "train"), image("b", "dog", "train")]),))
    assert len(page.all("strong", "differs")) == 2
    assert page.all("strong", "split") == []
    page = page_of(findings=(finding([image("a", "cat", "train"), image("b", "cat", "test")]),))
    assert len(page.all("strong", "split")) == len(page.all("strong")) == 2
    page = page_of(findings=(finding([image("a"), image("b")], [image("c", label="dog")]),))
    assert page.all("strong") == []


def test_a_missing_label_or_split_that_differs_is_named(page_of, image, finding):
    page = page_of(findings=(finding([image("a", "cat", "train"), image("b", "", "")]),))
    assert "no class no split b" in page.words


def test_a_large_group_shows_some_pictures_and_lists_further_paths(page_of, image, finding):
    page = page_of(findings=(finding([image(f"burst/{number}.jpg") for number in range(300)]),))
    assert len(page.all("img")) == 12
    assert "288 more files" in page.words
    assert "burst/211.jpg" in page.words
    assert "and 88 more files" in page.words


def test_files_without_pictures_are_a_list(page_of, image, finding):
    page = page_of(findings=(finding(AuditCase((image("a/x.pdf", side=0),), "starts with %PDF")),))
    assert page.all("article") == []
    assert "a/x.pdf starts with %PDF" in page.words


def test_a_file_without_a_picture_among_others_is_a_card(page_of, image, finding):
    page = page_of(findings=(finding([image("a", side=0)], [image("b")]),))
    assert len(page.all("article")) == 2
    assert "no picture" in page.words


def test_a_case_may_have_no_image(page_of, finding):
    page = page_of(findings=(finding(AuditCase((), "cat has 3 images"), files=3),))
    assert "1 case in 3 files Look at them. cat has 3 images" in page.words


def test_pictures_are_at_most_160_pixels_long(page_of, image, finding):
    page = page_of(findings=(finding([image(side=300)], [image(side=32)]),))
    assert [picture.size for picture in page.pictures()] == [(160, 160), (32, 32)]
    assert len(page.all("img", "small")) == 1
