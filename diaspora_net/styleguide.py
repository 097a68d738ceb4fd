"""The style guide: every component of the pages with believable content, for people who build pages."""

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.html import format_html

REASONS: list[dict[str, str]] = [
    {"kind": "note", "text": "Amina Diallo, coordinator: the ward opens in September, your dates fit."},
    {"kind": "same", "html": format_html("<b>{}</b>: {}", "Infection prevention", "you listed it (12 years)")},
    {"kind": "near", "html": format_html("<b>{}</b>: {}", "Neonatal care", "related to your “paediatric nursing”")},
    {"kind": "same", "text": "You share French and Wolof"},
    {"kind": "same", "text": "3 h of shared working time, Mon–Thu 17:00–20:00 your time"},
    {
        "kind": "gap",
        "html": format_html("Not on your profile: <b>{}</b>", "hospital audit"),
        "url": "#",
        "label": "Add it if you have it",
    },
]
REASONS_ARABIC: list[dict[str, str]] = [
    {"kind": "same", "html": format_html("<b>{}</b>: {}", "مكافحة العدوى", "مدرجة في ملفك (12 سنة)")},
    {"kind": "near", "html": format_html("<b>{}</b>: {}", "رعاية حديثي الولادة", "قريبة من «تمريض الأطفال»")},
    {"kind": "same", "text": "لغتان مشتركتان: العربية وFrançais"},
    {"kind": "gap", "html": format_html("<b>{}</b>: {}", "غير موجود في ملفك", "تدقيق المستشفيات")},
]


SAMPLES: dict[str, Any] = {
    "reasons": REASONS,
    "reasons_arabic": REASONS_ARABIC,
    "labels": ["Introduced", "Agreed", "Under way", "Reported", "Closed"],
    "labels_arabic": ["تعارف", "اتفاق", "قيد العمل", "تقرير", "إغلاق"],
    "skill_words": ["Infection prevention", "Neonatal care", "Clinical protocols"],
    "need_facts": ["Project, 20 hours", "French or Wolof", "Remote", "by 30 June"],
    "skills": [
        {"text": "Infection prevention", "kind": "same"},
        {"text": "Paediatric nursing", "kind": "near"},
        {"text": "Hospital audit", "kind": "gap"},
        {"text": "Training of trainers", "kind": "plain"},
    ],
    "headings": ["Engagement", "Country", "Owner", "Days in step", "State"],
    "rows": [
        [
            {"text": "Neonatal infection-control protocol", "url": "#"},
            "Senegal",
            "Amina Diallo",
            {"text": "9", "number": True},
            {"text": "Over target", "tone": "danger"},
        ],
        [
            {"text": "Review of the e-procurement tender", "url": "#"},
            "Cabo Verde",
            "Jorge Tavares",
            {"text": "2", "number": True},
            {"text": "Under way", "tone": "active"},
        ],
        [
            {"text": "Cold-chain maintenance course", "url": "#"},
            "Guinea",
            "Amina Diallo",
            {"text": "1", "number": True},
            {"text": "Reported", "tone": "ok"},
        ],
    ],
    "chips": [
        {"label": "Health", "url": "#", "removes": True},
        {"label": "French", "url": "#", "removes": True},
        {"label": "Remote", "url": "#", "removes": True},
    ],
    "views": [
        {"label": "All", "url": "#", "is_current": True, "count": 214},
        {"label": "Mine", "url": "#", "count": 31},
        {"label": "Stuck", "url": "#", "count": 9},
    ],
    "facts": [
        {"term": "What you need", "text": "Set up a neonatal infection-control protocol", "url": "#"},
        {"term": "Skills", "text": "Infection prevention, neonatal care", "url": "#"},
        {"term": "State", "text": "In check", "tone": "warn"},
    ],
    "tasks": [
        {
            "label": "Add where you worked",
            "url": "#",
            "note": "Helps hospitals trust your experience",
            "status": "To do",
            "tone": "warn",
        },
        {"label": "Identity check", "url": "#", "note": "Lets hospitals see you", "status": "Done", "tone": "ok"},
    ],
    "hints": [
        {"label": "Accept calls on weekends: 4 more", "url": "#"},
        {"label": "Related skills: 6 more", "url": "#"},
        {"label": "Without French: 9 more", "url": "#"},
    ],
    "chosen": [
        {"id": "101", "label": "Infection prevention", "note": "Health"},
        {"id": "102", "label": "Paediatric nursing", "note": "Health"},
    ],
    "results": [
        {"id": "201", "label": "Neonatal care", "note": "Nursing"},
        {"id": "202", "label": "Neonatology", "note": "Medicine"},
    ],
}
NAVIGATION: list[dict[str, Any]] = [
    {"url": "#", "label": "For you", "count": 0, "is_current": True, "icon": "foryou"},
    {"url": "#", "label": "Messages", "count": 2, "is_current": False, "icon": "messages"},
    {"url": "#", "label": "Sessions", "count": 1, "is_current": False, "icon": "sessions"},
    {"url": "#", "label": "Offers", "count": 0, "is_current": False, "icon": "engagements"},
    {"url": "#", "label": "Profile", "count": 0, "is_current": False, "icon": "profile"},
]


class SampleForm(forms.Form):
    """A field of every kind."""

    task = forms.CharField(
        label="What do you need done?", help_text="One sentence. Name the result you want to hold in your hand."
    )
    context = forms.CharField(label="More detail", required=False, widget=forms.Textarea)
    country = forms.ChoiceField(
        label="Country", choices=[("", "Choose"), ("SN", "Senegal"), ("CV", "Cabo Verde"), ("MA", "Morocco")]
    )
    way = forms.ChoiceField(
        label="How",
        choices=[("quick", "Quick answer"), ("session", "One session"), ("project", "Project"), ("visit", "Visit")],
        widget=forms.RadioSelect,
    )
    languages = forms.MultipleChoiceField(
        label="Working languages",
        choices=[("fr", "Français"), ("wo", "Wolof"), ("ar", "العربية"), ("pt", "Português")],
        widget=forms.CheckboxSelectMultiple,
        help_text="Tick those the counterpart speaks.",
    )
    hours = forms.IntegerField(label="Hours", min_value=1, max_value=400)
    until = forms.DateField(label="By when", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    letter = forms.FileField(label="Letter of the organisation", required=False, help_text="PDF, up to 10 MB.")
    agree = forms.BooleanField(
        label="The counterpart knows about this need", help_text="Name, role and e-mail address are with you."
    )


def styleguide(request: HttpRequest) -> HttpResponse:
    """Show every component; the query ``theme=dark``, ``lang=ar`` and ``clean=1`` (no form errors) change the view."""
    form = (
        SampleForm()
        if request.GET.get("clean")
        else SampleForm({"task": "", "way": "project", "languages": ["fr"], "hours": "900", "country": "SN"})
    )
    theme = request.GET.get("theme")
    context = {
        **SAMPLES,
        "navigation": NAVIGATION,
        "theme": theme if theme in {"light", "dark"} else "",
        "sample_form": form,
        "page": Paginator(range(30), 10).page(2),
    }
    with translation.override("ar" if request.GET.get("lang") == "ar" else "en"):
        return render(request, "styleguide.html", context)
