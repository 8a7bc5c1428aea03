"""What a million images cost, line by line, each with its arithmetic."""

from __future__ import annotations

from dataclasses import dataclass

from media_pipeline.costs import prices

MILLION = 1_000_000
REFERENCE_DOLLARS = 300.0  # what the reference design promises for a million images


@dataclass(frozen=True, slots=True)
class Usage:
    """What one image takes. The defaults are for a photo whose files take half a megabyte in all."""

    cpu_seconds: float = 0.25
    waiting_seconds: float = 0.25  # for S3 and DynamoDB, one call after the other
    first_look_cpu_seconds: float = 0.07
    s3_writes: float = 6.0
    s3_reads: float = 1.0
    stored_mb: float = 0.5
    write_units: float = 21.0
    read_units: float = 6.0
    log_kb: float = 2.0
    traced_share: float = 0.05
    flagged_share: float = 0.01


@dataclass(frozen=True, slots=True)
class Traffic:
    """What comes, and how much of it: shares are from 0 to 1."""

    images_a_month: float = 30 * MILLION
    duplicate_share: float = 0.2
    unsafe_share: float = 0.03  # of what the first look is not sure that it is safe
    face_share: float = 0.3  # of what it is not sure that it shows no face
    compared_share: float = 0.02
    consented_share: float = 1.0  # of images: their libraries agreed to have people recognised
    faces_shown: float = 1.5  # on a picture with any
    named_share: float = 0.5  # of faces, sooner or later


@dataclass(frozen=True, slots=True)
class Function:
    memory_mb: int = 3008
    architecture: str = "x86_64"


@dataclass(frozen=True, slots=True)
class Line:
    """`dollars` are for a million images."""

    service: str
    arithmetic: str
    dollars: float


def processing(usage: Usage, function: Function, *, first_look: bool = False) -> list[Line]:
    """Everything but Rekognition. Delivery depends on views, not on images: see `delivery`."""
    seconds = usage.cpu_seconds + usage.waiting_seconds + (usage.first_look_cpu_seconds if first_look else 0)
    gigabytes = function.memory_mb / 1024
    second = prices.LAMBDA_GB_SECOND[function.architecture]
    flagged = usage.flagged_share
    return [
        _line("Lambda, running", seconds * gigabytes, f"{seconds:.2f} s x {gigabytes:.2f} GB", second, "GB-second"),
        _line("Lambda, requests", 1 + flagged, f"{1 + flagged:g} an image", prices.LAMBDA_REQUEST),
        _line("S3, writes", usage.s3_writes, f"{usage.s3_writes:g} an image", prices.S3_WRITE),
        _line("S3, reads", usage.s3_reads, f"{usage.s3_reads:g} an image", prices.S3_READ),
        _line(
            "S3, storage", usage.stored_mb / 1000, f"{usage.stored_mb:g} MB an image", prices.S3_GB_MONTH, "GB-month"
        ),
        _line("DynamoDB, writes", usage.write_units, f"{usage.write_units:g} units", prices.DYNAMODB_WRITE_UNIT),
        _line("DynamoDB, reads", usage.read_units, f"{usage.read_units:g} units", prices.DYNAMODB_READ_UNIT),
        _line("SNS and SQS", flagged, f"{flagged:.1%} flagged", prices.SNS_PUBLISH + prices.SQS_REQUEST),
        _line("CloudWatch, logs", usage.log_kb / 1e6, f"{usage.log_kb:g} kB an image", prices.LOGS_GB, "GB"),
        _line("X-Ray", usage.traced_share, f"{usage.traced_share:.0%} traced", prices.XRAY_TRACE),
    ]


def recognition(traffic: Traffic, *, calls: float) -> Line:
    """`calls` an image, at the prices of the month's volume."""
    in_all = calls * traffic.images_a_month
    millions = traffic.images_a_month / MILLION
    return Line(
        "Rekognition",
        f"{calls:.3g} calls x {millions:g} M images a month = {prices.rekognition(in_all):,.0f} $, / {millions:g}",
        prices.rekognition(in_all) / millions,
    )


def people(traffic: Traffic) -> list[Line]:
    """Recognising people, on top of knowing where faces are: each face is compared once, and once more when named."""
    pictures = traffic.consented_share * traffic.face_share
    faces = pictures * traffic.faces_shown
    named = faces * traffic.named_share
    calls = pictures + faces + named + named
    in_all = calls * traffic.images_a_month
    price = prices.rekognition(in_all, prices.REKOGNITION_FACE_TIERS) / in_all if in_all else 0.0
    return [
        _line("IndexFaces", pictures, f"{pictures:.3g} calls an image", price),
        _line("SearchFaces", faces + named, f"{faces:.3g} faces, {named:.3g} named", price),
        _line("AssociateFaces", named, f"{named:.3g} named, one by one", price),
        _line("Face vectors", faces, f"{faces:.3g} an image", prices.FACE_VECTOR_MONTH, "vector and month"),
    ]


def calls_with_reuse(traffic: Traffic, kinds: int = 2) -> float:
    return kinds * (1 - traffic.duplicate_share)


def calls_with_first_look(traffic: Traffic, *, face_share: float | None = None) -> float:
    """Of what is not a duplicate: what the first look is not sure of, and the compared share of the rest."""
    faces = traffic.face_share if face_share is None else face_share
    asked = [share + (1 - share) * traffic.compared_share for share in (traffic.unsafe_share, faces)]
    return (1 - traffic.duplicate_share) * sum(asked)


def largest_face_share(usage: Usage, traffic: Traffic, function: Function, *, dollars: float) -> float | None:
    """Up to which share of pictures with faces everything stays under so many dollars; None if at no share."""
    rest = total(processing(usage, function, first_look=True))

    def is_under(share: float) -> bool:
        calls = calls_with_first_look(traffic, face_share=share)
        return rest + recognition(traffic, calls=calls).dollars < dollars

    return max((percent / 100 for percent in range(101) if is_under(percent / 100)), default=None)


def delivery(views: float, kilobytes: float) -> list[Line]:
    """What so many views of a rendition cost, through CloudFront."""
    gigabytes = views * kilobytes / 1e6
    return [
        Line("CloudFront, requests", f"{views:,.0f} views", views * prices.CLOUDFRONT_REQUEST),
        Line("CloudFront, data out", f"{gigabytes:g} GB at {prices.CLOUDFRONT_GB} $", gigabytes * prices.CLOUDFRONT_GB),
    ]


def total(lines: list[Line]) -> float:
    return sum(line.dollars for line in lines)


def _line(service: str, quantity: float, what: str, price: float, unit: str = "") -> Line:
    priced = f"{price:.6g} $ a {unit}" if unit else f"{price * MILLION:.4g} $ a million"
    return Line(service, f"{what}, at {priced}", quantity * MILLION * price)
