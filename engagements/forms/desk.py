"""Forms of the coordinator's desk."""

from django import forms
from django.utils.translation import gettext_lazy as _

from engagements.models import NeedReview


class ReviewForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """The readiness checklist of a submitted need."""

    class Meta:
        model = NeedReview
        fields = ["scope_is_clear", "knowledge_stays", "staff_are_ready", "urgency_is_known", "note"]
        widgets = {"note": forms.Textarea(attrs={"rows": 3, "dir": "auto"})}
        help_texts = {"note": _("The institution reads it. Needed to ask for changes or to say no.")}
