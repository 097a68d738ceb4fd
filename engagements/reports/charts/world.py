"""The world without borders: one silhouette of all land, and one point for each country and area.

Nobody is asked where a border runs, and a point says nothing about the standing of its place. Sources, both in the
public domain: ``land.path`` is the land of Natural Earth 1:110m (naturalearthdata.com, by way of world-atlas 2.0.2),
in Equal Earth turned by 11 degrees so that the cut falls into the Bering Strait. It was projected once with d3-geo
3.1.1, which cuts at the antimeridian without leaving streaks, and rounded to thousandths of the width. Points are the
middle of a country's largest area in Natural Earth 1:50m; where that is under 5,000 km², the main town of the time-zone
database (zone.tab), and for Bouvet Island the middle of the island.
"""

import re
from functools import cache
from math import asin, cos, pi, radians, sin, sqrt
from pathlib import Path

LAND_FILE = Path(__file__).with_name("land.path")
LAND_WIDTH = 1000.0
RATIO = 0.486716975  # height of the projected globe for a width of 1
TURN = -11.0
# ISO 3166-1 alpha-2 code (and XK), latitude, longitude, in degrees
_POINTS = """
    AD 42.5 1.5; AE 23.9 54.3; AF 33.8 65.9; AG 17.1 -61.8; AI 18.2 -63.1; AL 41.1 20.1; AM 40.3 44.9;
    AO -12.3 17.6; AQ -84.7 83; AR -34.5 -64.7; AS -14.3 -170.7; AT 47.6 14.1; AU -25.6 134.2; AW 12.5 -70;
    AX 60.1 19.9; AZ 40.3 47.7; BA 44.2 17.8; BB 13.1 -59.6; BD 23.9 90.2; BE 50.6 4.6; BF 12.3 -1.8;
    BG 42.8 25.2; BH 26.4 50.6; BI -3.4 29.9; BJ 9.6 2.3; BL 17.9 -62.9; BM 32.3 -64.8; BN 4.9 114.9;
    BO -16.7 -64.7; BQ 12.2 -68.3; BR -10.7 -53.2; BS 25.1 -77.3; BT 27.4 90.4; BV -54.4 3.4; BW -22.2 23.8;
    BY 53.5 28; BZ 17.2 -88.7; CA 58.6 -99; CC -12.2 96.9; CD -2.9 23.6; CF 6.6 20.5; CG -0.8 15.2; CH 46.8 8.2;
    CI 7.6 -5.6; CK -21.2 -159.8; CL -34.4 -70.9; CM 5.7 12.7; CN 36.8 103.3; CO 3.9 -73.1; CR 10 -84.2;
    CU 21.6 -78.9; CV 14.9 -23.5; CW 12.2 -69; CX -10.4 105.7; CY 34.9 33; CZ 49.7 15.3; DE 51 10.4;
    DJ 11.7 42.6; DK 56.2 9.3; DM 15.3 -61.4; DO 18.9 -70.5; DZ 28.1 2.6; EC -1.4 -78.4; EE 58.7 25.8;
    EG 26.5 29.9; EH 24.2 -12.3; ER 15.4 38.8; ES 40.4 -3.6; ET 8.6 39.6; FI 64.3 26.2; FJ -17.8 178;
    FK -51.7 -58.8; FM 7.4 151.8; FO 62 -6.8; FR 46.6 2.5; GA -0.6 11.8; GB 53.8 -2.4; GD 12.1 -61.8;
    GE 42.2 43.5; GF 4.9 -52.3; GG 49.5 -2.5; GH 7.9 -1.2; GI 36.1 -5.3; GL 73.1 -41.8; GM 13.5 -15.4;
    GN 10.4 -10.9; GP 16.2 -61.5; GQ 1.6 10.5; GR 39.5 22.6; GS -54.3 -36.5; GT 15.7 -90.4; GU 13.5 144.8;
    GW 12.1 -14.9; GY 4.8 -59; HK 22.3 114.2; HM -53.1 73.5; HN 14.8 -86.6; HR 45.2 16.4; HT 18.9 -72.7;
    HU 47.2 19.4; ID -0.2 114; IE 53.2 -8.1; IL 31.5 35; IM 54.1 -4.5; IN 22.8 79.5; IO -7.3 72.4; IQ 33 43.8;
    IR 32.5 54.4; IS 65 -18.6; IT 43.5 12.3; JE 49.2 -2.1; JM 18.2 -77.3; JO 31.2 36.8; JP 36.6 137.9;
    KE 0.6 37.8; KG 41.5 74.5; KH 12.7 104.9; KI 1.4 173; KM -11.7 43.3; KN 17.3 -62.7; KP 40.1 127.2;
    KR 36.5 127.9; KW 29.3 47.6; KY 19.3 -81.4; KZ 48.4 67.2; LA 18.5 103.8; LB 33.9 35.9; LC 14 -61;
    LI 47.1 9.5; LK 7.6 80.7; LR 6.5 -9.3; LS -29.6 28.2; LT 55.3 23.9; LU 49.6 6.2; LV 56.9 24.9; LY 27 18.1;
    MA 29.8 -8.7; MC 43.7 7.4; MD 47.2 28.5; ME 42.8 19.2; MF 18.1 -63.1; MG -19.3 46.7; MH 7.2 171.2;
    MK 41.6 21.7; ML 17.3 -3.6; MM 21.1 96.5; MN 47 103.1; MO 22.2 113.5; MP 15.2 145.8; MQ 14.6 -61.1;
    MR 20.2 -10.4; MS 16.7 -62.2; MT 35.9 14.5; MU -20.2 57.5; MV 4.2 73.5; MW -13.2 34.3; MX 23.9 -102.2;
    MY 3.6 114.7; MZ -17.2 35.6; NA -22.1 17.2; NC -21.3 165.5; NE 17.4 9.3; NF -29.1 168; NG 9.6 8.1;
    NI 12.8 -85; NL 52.3 5.6; NO 63.8 12.2; NP 28.3 83.9; NR -0.5 166.9; NU -19 -169.9; NZ -43.9 170.6;
    OM 20.6 56.1; PA 8.5 -80.1; PE -9.1 -74.4; PF -17.5 -149.6; PG -6.6 144.2; PH 15.9 121.4; PK 29.9 69.2;
    PL 52.1 19.4; PM 47 -56.3; PN -25.1 -130.1; PR 18.2 -66.5; PS 31.9 35.2; PT 39.7 -8; PW 7.3 134.5;
    PY -23.2 -58.4; QA 25.3 51.2; RE -20.9 55.5; RO 45.8 25; RS 44.2 20.8; RU 65.9 95.5; RW -2 29.9;
    SA 24.1 44.7; SB -9.6 160.2; SC -4.7 55.5; SD 16 29.9; SE 62.4 16.2; SG 1.3 103.8; SH -15.9 -5.7;
    SI 46.1 14.8; SJ 78 16; SK 48.7 19.5; SL 8.6 -11.8; SM 43.9 12.5; SN 14.4 -14.5; SO 4.7 45.7; SR 4.1 -55.9;
    SS 7.3 30.3; ST 0.3 6.7; SV 13.7 -88.9; SX 18.1 -63; SY 35 38.5; SZ -26.6 31.5; TC 21.5 -71.1; TD 15.3 18.6;
    TF -49.3 69.5; TG 8.5 1; TH 15.1 101; TJ 38.5 71; TK -9.4 -171.2; TL -8.8 125.9; TM 39.1 59.4; TN 34.1 9.6;
    TO -21.1 -175.2; TR 39.1 35.4; TT 10.7 -61.5; TV -8.5 179.2; TW 23.7 121; TZ -6.3 34.8; UA 49.2 31.3;
    UG 1.3 32.4; UM 28.2 -177.4; US 39.9 -98.8; UY -32.8 -56; UZ 41.8 63.3; VA 41.9 12.5; VC 13.2 -61.2;
    VE 7.1 -66.2; VG 18.4 -64.6; VI 18.4 -64.9; VN 16.5 106.3; VU -17.7 168.4; WF -13.3 -176.2; WS -13.8 -171.7;
    XK 42.6 20.9; YE 15.9 47.5; YT -12.8 45.2; ZA -29 25.2; ZM -13.5 27.8; ZW -19 29.9
"""
# Šavrič, Patterson and Jenny, "The Equal Earth map projection" (2018): coefficients of the polynomial.
_A = (1.340264, -0.081106, 0.000893, 0.003796)
_M = sqrt(3) / 2
_WIDEST = 2 * pi / (_M * _A[0])


def project(latitude: float, longitude: float) -> tuple[float, float]:
    """Return where degrees lie on the map, both in shares of its width; (0, 0) is the upper corner on the left."""
    turned = (longitude + TURN + 180) % 360 - 180
    theta = asin(_M * sin(radians(latitude)))
    square = theta * theta
    sixth = square**3
    x = radians(turned) * cos(theta)
    x /= _M * (_A[0] + 3 * _A[1] * square + sixth * (7 * _A[2] + 9 * _A[3] * square))
    y = theta * (_A[0] + _A[1] * square + sixth * (_A[2] + _A[3] * square))
    return 0.5 + x / _WIDEST, RATIO / 2 - y / _WIDEST


@cache
def points() -> dict[str, tuple[float, float]]:
    """Return by country code where its point lies on the map, in shares of the map's width."""
    rows = (row.split() for row in _POINTS.split(";"))
    return {code: project(float(latitude), float(longitude)) for code, latitude, longitude in rows}


@cache
def land() -> str:
    """Return all land as the data of one SVG path, in relative whole thousandths of the map's width."""
    return LAND_FILE.read_text(encoding="ascii")


@cache
def land_rings() -> list[list[tuple[float, float]]]:
    """Return all land as closed rings, in shares of the map's width, for what draws no SVG."""
    rings, x, y = [], 0, 0
    for part in land().split("z")[:-1]:
        numbers = [int(number) for number in re.findall(r"-?\d+", part)]
        ring = []
        for across, down in zip(numbers[::2], numbers[1::2], strict=True):
            x, y = x + across, y + down
            ring.append((x / LAND_WIDTH, y / LAND_WIDTH))
        rings.append(ring)
        x, y = round(ring[0][0] * LAND_WIDTH), round(ring[0][1] * LAND_WIDTH)
    return rings
