"""What people read about uploads: sorts of files, and why one was not accepted."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

FAMILIES: dict[str, str | Promise] = {
    "pdf": "PDF",
    "picture": gettext_lazy("Picture"),
    "document": gettext_lazy("Document"),
    "spreadsheet": gettext_lazy("Spreadsheet"),
    "presentation": gettext_lazy("Presentation"),
    "text": gettext_lazy("Text"),
}
REASONS: dict[str, str | Promise] = {
    "not_allowed": gettext_lazy(
        "Files of this kind are not accepted. Send a PDF, a picture (JPEG, PNG, WebP), an office document (docx, xlsx, "
        "pptx, odt, ods, odp) or text (txt, csv)."
    ),
    "no_name": gettext_lazy("The file has no name. Give it one and send it again."),
    "empty": gettext_lazy("The file is empty. Save it again and send it once more."),
    "too_big": gettext_lazy("The file is larger than 10 MB. Make it smaller or send it in parts."),
    "mismatch": gettext_lazy(
        "The content is not what the name says. Save the file anew in the kind that its name ends in."
    ),
    "damaged": gettext_lazy("The file is damaged or incomplete. Open it, save it anew and send it again."),
    "encrypted": gettext_lazy(
        "The file is locked with a password or in an old format, so it cannot be checked. Save it without a password, "
        "in a present format."
    ),
    "active": gettext_lazy("The file holds macros, scripts or commands. Save it without them, or as a PDF."),
    "external": gettext_lazy(
        "The file fetches something from elsewhere when it is opened. Break its links to other files, or send it as "
        "a PDF."
    ),
    "embedded": gettext_lazy("The file carries other files inside. Send them one by one."),
    "unsafe_names": gettext_lazy("The file is packed in an unusual way. Save it anew with an office program."),
    "bomb": gettext_lazy("The file becomes too large when it is unpacked. Make it smaller or send it in parts."),
    "pixels": gettext_lazy("The picture has more than 24 million pixels. Make it smaller and send it again."),
    "not_text": gettext_lazy("This is not plain text. Save it as text, encoded in UTF-8."),
    "unreadable": gettext_lazy(
        "The file is packed in a way that cannot be checked. Print it to a new PDF and send that."
    ),
    "too_heavy": gettext_lazy("The file is too complex to be checked. Make it simpler or smaller and send it again."),
    "virus": gettext_lazy("A virus was found in the file. Check your device before you send other files."),
    "unchecked": gettext_lazy("The file could not be checked. Save it anew and send it again."),
}


def reason_in_words(code: str) -> str:
    """Return why a file was not accepted, and what to do, in the active language."""
    return str(REASONS.get(code, REASONS["unchecked"]))


def family_in_words(family: str) -> str:
    """Return what sort of file it is, in the active language."""
    return str(FAMILIES[family])


def size_in_words(size: int) -> str:
    """Return a size as people read it: "640 kB", "1.2 MB"."""
    if size < 1000:
        return ngettext("%(count)d byte", "%(count)d bytes", size) % {"count": size}
    if size < 999_500:
        return _("%(count)d kB") % {"count": round(size / 1000)}
    return _("%(count)s MB") % {"count": f"{size / 1_000_000:.1f}"}
