"""Every kind of finding, gravest first, in the words of the report."""

from dataclasses import dataclass

OK = "ok"
NOT_CHOSEN = "not_chosen"


@dataclass(frozen=True)
class FindingKind:
    """One kind of finding.

    Attributes:
        name: key of `data.audit`.
        title: for the report.
        meaning: why it matters, and what to do.
    """

    name: str
    title: str
    meaning: str


KINDS = (
    FindingKind(
        "not_a_file",
        "Not a file",
        "Links to nothing, named pipes, devices, links back into the folder, rows of a table without their file. "
        "There is nothing to read.",
    ),
    FindingKind(
        "not_an_image",
        "Not an image",
        "Files of no format that can be read. Move them out of the class folders, or install what reads them.",
    ),
    FindingKind(
        "outside_classes",
        "Outside the classes",
        "Files that lie in no class folder, or in no row of the table, so their class is unknown.",
    ),
    FindingKind("truncated", "Truncated", "The end of the file is missing: copy or download it again."),
    FindingKind("unreadable", "Unreadable", "The file is damaged, or of a kind that cannot be decoded."),
    FindingKind(
        "too_many_pixels",
        "Too many pixels",
        "Decoding these takes much memory. Raise data.audit.limits.pixels if they are real photos.",
    ),
    FindingKind(
        "label_conflict",
        "The same image under two labels",
        "At least one label is wrong, or the classes overlap. Keep each image in one class.",
    ),
    FindingKind(
        "split_leak",
        "The same image in two splits",
        "A network is tested on what it was trained on, and its accuracy is overstated. Remove one of the copies.",
    ),
    FindingKind(
        "group_leak",
        "A group in two splits",
        "A network is tested on patients, scenes or devices that it was trained on. Give each group one split.",
    ),
    FindingKind(
        "exact_duplicate",
        "The same image twice",
        "Copies count twice in training and in testing.",
    ),
    FindingKind(
        "near_label_conflict",
        "Nearly the same image under two labels",
        "Probably one label is wrong: look at each pair.",
    ),
    FindingKind(
        "near_split_leak",
        "Nearly the same image in two splits",
        "Resized, edited or mirrored copies across the splits overstate the test accuracy.",
    ),
    FindingKind(
        "near_duplicate",
        "Nearly the same image twice",
        "Resized, edited or mirrored copies, or frames of one scene.",
    ),
    FindingKind("uniform", "A single color", "These images show nothing: a lens cap, a blank page, a failed export."),
    FindingKind("dark", "Too dark", "Nearly black images show little of their class."),
    FindingKind("bright", "Too bright", "Nearly white images show little of their class."),
    FindingKind("blurred", "Blurred", "Images without sharp edges: out of focus, or enlarged from a small image."),
    FindingKind("odd_size", "Unusual size", "Much smaller or larger than the other images: icons, scans, thumbnails."),
    FindingKind(
        "odd_aspect",
        "Unusual shape",
        "Much wider or taller than the other images. Cropping or stretching to the network's input changes them most.",
    ),
    FindingKind("small_class", "A class with few images", "The network learns it badly; its metrics are uncertain."),
)
BY_NAME = {kind.name: kind for kind in KINDS}
ORDER = {kind.name: number for number, kind in enumerate(KINDS)}
