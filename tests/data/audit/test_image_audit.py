"""Every finding, by what it is about and by what its action does."""

import pytest
from PIL import Image, ImageEnhance, ImageFilter, ImageOps

from pipeline.data.sources.listing import LeftOut
from tests.data.audit.scenes import record, scene


def some(count=6, label="cat"):
    return [record(f"{label}/{number}.png", scene(number + 100 * len(label))) for number in range(count)]


def kept(audit):
    return set(audit.manifest.loc[audit.manifest["position"] >= 0, "path"])


def test_ordinary_images_have_no_finding(audited):
    audit = audited(some() + some(label="horse"))
    assert set(audit.manifest["verdict"]) == {"ok"}
    assert (audit.counts, audit.stops) == ({}, [])


def small_on_white(image):
    page = Image.new("RGB", image.size, "white")
    page.paste(image.resize((14, 12)))
    return page


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        (lambda image: Image.new("RGB", image.size, (90, 10, 200)), "uniform"),
        (lambda image: ImageEnhance.Brightness(image).enhance(0.1), "dark"),
        (small_on_white, "bright"),
        (lambda image: image.filter(ImageFilter.GaussianBlur(6)), "blurred"),
        (lambda image: image.resize((12, 10)), "odd_size"),
        (lambda image: image.resize((200, 40)), "odd_aspect"),
    ],
)
@pytest.mark.parametrize("action", ["warn", "drop", "ignore", "stop"])
def test_a_conspicuous_image(audited, change, verdict, action):
    audit = audited([*some(), record("cat/odd.png", change(scene(50)))], **{verdict: action})
    row = audit.manifest.set_index("path").loc["cat/odd.png"]
    assert row["verdict"] == ("ok" if action == "ignore" else verdict)
    assert ("cat/odd.png" in kept(audit)) == (action != "drop")
    assert audit.stops == ([verdict] if action == "stop" else [])
    assert audit.counts == ({} if action == "ignore" else {verdict: 1})


def test_small_images_have_no_sharpness(audited):
    audit = audited(
        [record(f"cat/{n}.png", scene(n).resize((32, 32)).filter(ImageFilter.BoxBlur(9))) for n in range(4)]
    )
    assert audit.manifest["sharpness"].isna().all()
    assert "blurred" not in audit.counts


def test_sharpness_depends_neither_on_the_size_nor_on_the_contrast(audited):
    large = scene(1, (384, 320))
    audit = audited(
        [
            record("cat/a.png", large),
            record("cat/b.png", large.resize((1536, 1280), Image.Resampling.NEAREST)),
            record("cat/c.png", ImageEnhance.Contrast(large).enhance(0.4)),
        ]
    )
    sharpness = audit.manifest["sharpness"]
    assert sharpness[1] == pytest.approx(sharpness[0], rel=0.2)
    assert sharpness[2] == pytest.approx(sharpness[0], rel=0.2)


def test_the_same_pixels_in_two_classes_are_both_dropped(audited):
    audit = audited([*some(), record("cat/a.png", scene(50)), record("dog/b.png", scene(50))])
    assert kept(audit) == {one.path for one in some()}
    assert audit.manifest["reason"].iloc[-1] == "the same pixels are in the classes cat and dog"
    assert audit.counts == {"label_conflict": 2}


def test_the_same_pixels_in_two_given_splits_stay_in_the_test_split(audited):
    records = [
        record("train/cat/a.png", scene(50)),
        record("train/cat/b.png", scene(51)),
        record("val/cat/a.png", scene(50), "validation"),
        record("test/cat/a.png", scene(50), "test"),
    ]
    audit = audited(records)
    assert kept(audit) == {"train/cat/b.png", "test/cat/a.png"}
    assert audit.counts == {"split_leak": 3}


def test_without_given_splits_a_copy_is_no_leak_and_stays(audited):
    records = [*some(), record("cat/copy.png", scene(50)), record("cat/original.png", scene(50))]
    audit = audited(records)
    assert kept(audit) == {one.path for one in records}
    assert audit.counts == {"exact_duplicate": 2}
    assert kept(audited(records, exact_duplicate="drop")) == {one.path for one in records[:-1]}


def test_a_mirrored_copy_is_a_near_duplicate(audited):
    records = [*some(12), record("cat/mirror.png", ImageOps.mirror(scene(303)))]
    audit = audited(records)
    case = audit.cases[audit.cases["finding"] == "near_duplicate"]
    assert set(audit.manifest.loc[case["row"], "path"]) == {"cat/3.png", "cat/mirror.png"}
    assert "mirrored" in case["reason"].iloc[0]
    assert kept(audited(records, near_duplicate="drop")) == {one.path for one in records[:-1]}


def test_a_resized_copy_across_splits_and_classes(audited):
    copy = scene(303).resize((60, 50), Image.Resampling.BICUBIC)
    audit = audited([*some(12), record("test/dog/a.png", copy, "test")])
    assert audit.counts == {"near_label_conflict": 2, "near_split_leak": 2}
    assert len(kept(audit)) == 13
    dropping = audited([*some(12), record("test/dog/a.png", copy, "test")], near_split_leak="drop")
    assert "cat/3.png" not in kept(dropping)
    assert "test/dog/a.png" in kept(dropping)


def test_files_that_are_no_images_have_their_row(audited):
    files = [LeftOut("cat/pipe", "not_a_file", "a named pipe"), LeftOut("x.png", "not_chosen", "its class is not")]
    audit = audited(some(), files)
    assert audit.manifest.set_index("path")["verdict"].loc[["cat/pipe", "x.png"]].tolist() == [
        "not_a_file",
        "not_chosen",
    ]
    assert audit.counts == {"not_a_file": 1}
    assert audited(some(), files, not_a_file="stop").stops == ["not_a_file"]


def test_a_class_with_few_images_is_counted_after_dropping(audited):
    records = [*some(6), *some(3, "horse"), record("horse/same.png", scene(50)), record("cat/same.png", scene(50))]
    audit = audited(records, small_class="warn", limits={"class_images": 5})
    assert audit.small_classes == {"horse": 3}
    assert audit.counts == {"label_conflict": 2, "small_class": 1}


def test_the_gravest_finding_is_the_verdict_and_one_that_drops_comes_first(audited):
    dark = ImageEnhance.Brightness(scene(50)).enhance(0.1)
    records = [*some(), record("cat/a.png", dark), record("cat/b.png", dark)]
    assert audited(records).manifest["verdict"].iloc[-1] == "exact_duplicate"
    assert audited(records, dark="drop").manifest["verdict"].iloc[-1] == "dark"


def test_nothing_readable_is_no_error(audited):
    audit = audited([], [LeftOut("a", "not_a_file", "a link to nothing")])
    assert audit.counts == {"not_a_file": 1}


def test_a_group_in_two_given_splits(audited):
    records = [
        record("train/cat/a.png", scene(1), group="p1"),
        record("train/cat/b.png", scene(2), group="p2"),
        record("test/cat/c.png", scene(3), "test", group="p1"),
        record("test/cat/d.png", scene(4), "test"),
    ]
    audit = audited(records)
    assert audit.counts == {"group_leak": 2}
    assert audit.cases["reason"].iloc[0] == "images of the group p1 are in train and test"
    assert kept(audited(records, group_leak="drop")) == {one.path for one in records[1:]}


def test_of_near_duplicates_one_stays_that_no_other_finding_drops(audited):
    photo = scene(700, (480, 400))
    records = [*some(12), record("cat/icon.png", photo.resize((12, 10))), record("cat/photo.png", photo)]
    assert "cat/photo.png" in kept(audited(records, near_duplicate="drop", odd_size="drop"))
    larger = [*some(12), record("cat/small.png", photo.resize((120, 100))), record("cat/photo.png", photo)]
    assert kept(audited(larger, near_duplicate="drop")) == {one.path for one in larger if "small" not in one.path}


def test_a_speck_does_not_hide_a_single_color(verdicts):
    image = Image.new("RGB", (100, 100), (90, 90, 90))
    image.putpixel((50, 50), (255, 255, 255))
    assert verdicts([*some(), record("cat/speck.png", image)])["cat/speck.png"] == "uniform"


def test_thousands_of_copies_are_one_case(audited):
    same = Image.new("RGB", (8, 8))
    audit = audited([record(f"{'cat' if n else 'dog'}/{n}.png", same) for n in range(3000)], uniform="ignore")
    assert audit.counts == {"label_conflict": 3000, "exact_duplicate": 2999}


def near_pairs(audit):
    return {frozenset(audit.manifest["path"][list(pair)]) for pair in audit.near_pairs}


def test_near_duplicates_that_remain_are_pairs_for_the_split(audited):
    small = scene(300).resize((72, 60), Image.Resampling.LANCZOS)
    records = [*some(), record("dog/small.png", small), record("dog/mirrored.png", ImageOps.mirror(scene(301)))]
    wanted = {frozenset({"cat/0.png", "dog/small.png"}), frozenset({"cat/1.png", "dog/mirrored.png"})}
    assert near_pairs(audited(records)) == wanted
    quiet = {"near_label_conflict": "ignore", "near_split_leak": "ignore"}
    assert near_pairs(audited(records, **quiet)) == wanted
    assert near_pairs(audited(records, **quiet, near_duplicate="ignore")) == set()
    assert near_pairs(audited(records, near_label_conflict="drop")) == set()


def test_where_the_first_of_equal_images_is_dropped_another_stands_for_it_in_pairs(audited):
    small = scene(0).resize((72, 60), Image.Resampling.LANCZOS)
    records = [
        record("train/cat/a.png", scene(0), group="p1"),
        record("train/cat/b.png", scene(0)),
        record("train/cat/c.png", small),
        record("test/cat/d.png", scene(9), "test", group="p1"),
    ]
    audit = audited(records, group_leak="drop")
    assert "train/cat/a.png" not in kept(audit)
    assert near_pairs(audit) == {frozenset({"train/cat/b.png", "train/cat/c.png"})}


def test_without_a_readable_image_there_are_no_pairs(audited):
    assert audited([], [LeftOut("cat/a.png", "unreadable", "broken")]).near_pairs.shape == (0, 2)
