"""ImageNet's classes under the names, ancestors and categories that Rekognition uses.

https://docs.aws.amazon.com/rekognition/latest/dg/labels.html. A class that stands in no row is a label without parents.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

# category, ancestors from the root, classes
_ROWS = (
    ("Animals and Pets", "Animal > Fish", "0-1 5-6 389-397"),
    ("Animals and Pets", "Animal > Sea Life > Shark", "2-4"),
    ("Animals and Pets", "Animal > Bird", "7-24 80-100 127-146"),
    ("Animals and Pets", "Animal > Amphibian", "25-32"),
    ("Animals and Pets", "Animal > Reptile > Turtle", "33-37"),
    ("Animals and Pets", "Animal > Reptile > Lizard", "38-48"),
    ("Animals and Pets", "Animal > Reptile > Crocodile", "49-50"),
    ("Animals and Pets", "Animal > Reptile > Dinosaur", "51"),
    ("Animals and Pets", "Animal > Reptile > Snake", "52-68"),
    ("Animals and Pets", "Animal > Invertebrate", "69-71 78-79 107-117 126 327-329"),
    ("Animals and Pets", "Animal > Invertebrate > Spider", "72-77"),
    ("Animals and Pets", "Animal > Invertebrate > Crustacean", "118-125"),
    ("Animals and Pets", "Animal > Invertebrate > Insect", "300-320"),
    ("Animals and Pets", "Animal > Invertebrate > Insect > Butterfly", "321-326"),
    ("Animals and Pets", "Animal > Mammal", "102-106 149-150 298-299 276 333-338 340 344 354-364"),
    ("Animals and Pets", "Animal > Mammal > Elephant", "101 385-386"),
    ("Animals and Pets", "Animal > Mammal > Whale", "147-148"),
    ("Animals and Pets", "Animal > Mammal > Canine > Dog", "151-268"),
    ("Animals and Pets", "Animal > Mammal > Canine", "269-275"),
    ("Animals and Pets", "Animal > Mammal > Canine > Fox", "277-280"),
    ("Animals and Pets", "Animal > Mammal > Cat", "281-285"),
    ("Animals and Pets", "Animal > Mammal > Wildlife", "286-293"),
    ("Animals and Pets", "Animal > Mammal > Bear", "294-297 387-388"),
    ("Animals and Pets", "Animal > Mammal > Rabbit", "330-332"),
    ("Animals and Pets", "Animal > Mammal > Horse", "339"),
    ("Animals and Pets", "Animal > Mammal > Pig", "341-343"),
    ("Animals and Pets", "Animal > Mammal > Cattle", "345-347"),
    ("Animals and Pets", "Animal > Mammal > Sheep", "348-349"),
    ("Animals and Pets", "Animal > Mammal > Antelope", "350-353"),
    ("Animals and Pets", "Animal > Mammal > Monkey", "365-384"),
    ("Vehicles and Automotive", "Transportation > Vehicle > Aircraft > Airplane", "404 895"),
    ("Vehicles and Automotive", "Transportation > Vehicle > Aircraft", "405 417"),
    ("Vehicles and Automotive", "Transportation > Vehicle > Car", "407 436 468 511 609 627 656 661 734 751 817"),
    ("Vehicles and Automotive", "Transportation > Vehicle > Truck", "555 569 675 717 803 864 867"),
    ("Vehicles and Automotive", "Transportation > Vehicle > Bus", "654 779 874"),
    ("Vehicles and Automotive", "Transportation > Vehicle > Bicycle", "444 671 870 880"),
    ("Vehicles and Automotive", "Transportation > Vehicle > Motorcycle", "665 670"),
    ("Vehicles and Automotive", "Transportation > Vehicle > Train", "466 547 565 705 820 829"),
    (
        "Vehicles and Automotive",
        "Transportation > Vehicle > Boat",
        "403 472 484 510 554 576 625 628 724 780 814 833 871 914",
    ),
    ("Vehicles and Automotive", "Transportation > Vehicle > Tractor", "595 856 866"),
    ("Vehicles and Automotive", "Transportation > Vehicle", "408 561 573 575 586 603 612 660 690 757 802 812 847"),
    ("Weapons and Military", "Weapon > Gun", "413 763-764"),
    ("Weapons and Military", "Weapon", "456 471 499 657 744 777"),
    ("Food and Beverage", "Food > Fruit", "948-957"),
    ("Food and Beverage", "Food > Produce > Vegetable", "936-946 987"),
    ("Food and Beverage", "Food > Bread", "930-932 961"),
    ("Food and Beverage", "Food > Dessert", "927-929 960"),
    ("Food and Beverage", "Food > Meal", "924-926 933-935 959 962-965"),
    ("Food and Beverage", "Beverage > Alcohol", "440-441 907 966"),
    ("Food and Beverage", "Beverage", "737 969"),
    ("Food and Beverage", "Beverage > Coffee", "967"),
    ("Plants and Flowers", "Plant > Flower", "984-986"),
    ("Plants and Flowers", "Plant", "738 988-990 998"),
    ("Plants and Flowers", "Fungus > Mushroom", "947 991-997"),
    ("Nature and Outdoors", "Nature > Outdoors > Mountain", "970 972 979-980"),
    ("Nature and Outdoors", "Nature > Outdoors > Water > Sea", "973 976-978"),
    ("Nature and Outdoors", "Nature > Outdoors > Water", "974-975 562"),
    (
        "Buildings and Architecture",
        "Architecture > Building",
        "424-425 437 442 449 483 497 500 580 624 663 668 672 698 727 743 832 853 858 900 915",
    ),
    ("Buildings and Architecture", "Architecture > Bridge", "821 839 888"),
    (
        "Buildings and Architecture",
        "Architecture",
        "406 421 460 489 525 536 538 649 682 706 716 718 825 863 873 884 912",
    ),
    ("Public Safety", "Shop", "415 454 467 509 582 788 860 865"),
    ("Home and Indoors", "Furniture > Bed", "431 516 520 564"),
    ("Home and Indoors", "Furniture > Chair", "423 559 765 857"),
    ("Home and Indoors", "Furniture > Table", "526 532 736"),
    ("Home and Indoors", "Furniture > Couch", "831"),
    ("Home and Indoors", "Furniture", "453 493 495 548 553 648 703 894"),
    ("Home and Indoors", "Appliance", "521 534 545 550 606 651 760 811 827 859 882 891 897"),
    ("Home and Indoors", "Lamp", "619 846"),
    (
        "Kitchen and Dining",
        "Kitchenware",
        "469 503-505 544 567 572 618 647 659 666 725 809 813 828 849 909-910 923 968",
    ),
    (
        "Apparel and Accessories",
        "Clothing",
        "399-400 411 433 443 445 451-452 457 459 474 496 501 515 529 568 578 601 608 610 614 617 638-639 652 655 658",
    ),
    (
        "Apparel and Accessories",
        "Clothing",
        "667 689 697 735 775 793 806 808 824 834 841-842 869 887 906",
    ),
    ("Apparel and Accessories", "Clothing > Footwear > Shoe", "502 514 630 770 774"),
    ("Apparel and Accessories", "Accessories > Glasses", "836-837"),
    ("Apparel and Accessories", "Accessories > Bag", "414 636 748"),
    ("Apparel and Accessories", "Accessories", "464 531 552 584 679 893 903"),
    ("Technology and Computing", "Electronics > Computer", "527 590 620 681"),
    ("Technology and Computing", "Electronics > Phone", "487 528 707"),
    ("Technology and Computing", "Electronics > Screen > Monitor", "664 782 851"),
    ("Technology and Computing", "Electronics > Camera", "732 759"),
    (
        "Technology and Computing",
        "Electronics",
        "481-482 485 508 592 598 605 632 650 662 673 688 713 742 745 754 761 810 848",
    ),
    (
        "Hobbies and Interests",
        "Musical Instrument",
        "401 420 432 486 494 513 541 558 566 577 579 593-594 641-642 683-684 687 699 776 822 875 881 889",
    ),
    ("Hobbies and Interests", "Musical Instrument > Guitar", "402 546"),
    ("Sports", "Sport > Ball", "429-430 522 574 722 768 805 852 890"),
    ("Sports", "Sport", "416 422 543 560 602 702 746-747 752 795"),
    (
        "Tools and Machinery",
        "Tool",
        "462 477 491 512 587 596 621 623 677 710 726 730 740 758 783-784 792 862",
    ),
    ("Person Description", "Person", "981-983"),
    ("Text and Documents", "Text", "611 692 916-919 921-922"),
)


_BETTER_NAMES = {
    282: "Tiger cat",
    439: "Military hat",
    494: "Chime",
    570: "Gas mask",
    638: "Leotard",
    692: "Packaging",
    842: "Swim trunks",
    919: "Street sign",
    998: "Ear of grain",
}


@dataclass(frozen=True)
class Label:
    """`ancestors` from the parent up to the root."""

    name: str
    ancestors: tuple[str, ...] = ()
    category: str = ""


def _numbers(ranges: str) -> list[int]:
    ends = [tuple(map(int, part.split("-"))) for part in ranges.split()]
    return [number for end in ends for number in range(end[0], end[-1] + 1)]


_PLACES = {
    number: (tuple(reversed(chain.split(" > "))), category)
    for category, chain, ranges in _ROWS
    for number in _numbers(ranges)
}


@cache
def label(number: int, name: str) -> Label:
    """The label of one class."""
    ancestors, category = _PLACES.get(number, ((), ""))
    title = _BETTER_NAMES.get(number, name[:1].upper() + name[1:])
    if ancestors and ancestors[0] == title:  # the class Mushroom among the mushrooms
        ancestors = ancestors[1:]
    return Label(title, ancestors, category)


@cache
def with_ancestors(leaf: Label) -> tuple[Label, ...]:
    """The label and each of its ancestors as a label of its own, nearest first."""
    chain = (leaf.name, *leaf.ancestors)
    return tuple(Label(name, chain[position + 1 :], leaf.category) for position, name in enumerate(chain))
