"""150 names of real people's kinds, by the way of writing. Whether each can be printed is for the tests to find."""

NAMES: dict[str, list[str]] = {
    "spanish": [
        "Rosa María Núñez Peña", "José Ángel Ibáñez Güell", "Íñigo Ólafsson Muñoz",
        "María de los Ángeles Ñandú", "Zoë Agüero", "Begoña Echevarría", "Ana Lucía Yáñez",
        "Jesús Peñaranda", "Mª Carmen Ruiz", "Sofía d’Ávila", "Xóchitl Tōnalli", "Itzel K’uk’ulkan",
    ],
    "portuguese and french": [
        "João Simões", "Conceição Araújo", "Antônio Gonçalves", "Marie-Ange Désìr Pétion", "Noël Œuvrard",
        "Françoise L’Heureux", "Jean-Baptiste N'Diaye", "Éloïse Lefèbvre",
    ],
    "vietnamese": [
        "Nguyễn Thị Minh Ánh", "Trần Đức Lương", "Phạm Thị Hồng Nhung", "Lê Quỳnh Anh", "Võ Ngọc Bảo Trân",
        "Đặng Hữu Phước", "Bùi Thị Tuyết", "Huỳnh Thúc Kháng", "Mỹ Lệ O’Neil", "Nguyễn Văn Ẩn", "Đỗ Ỷ Lan",
        "Hồ Xuân Hương",
    ],
    "diné": [
        "Yanábaʼ Tłʼízí", "Ashkii Łizhin", "Tsʼahbąąh Yázhí", "Nizhóní Tó Dích’íi’nii",
        "Dziłtł’ooí Bitsóóké", "Chʼil Haajiní", "Bąąh Łání", "Shádí Ádaʼii",
    ],
    "hawaiian and samoan": [
        "Kaʻiulani Kalākaua", "Keʻelikōlani", "Hōkū Kāneʻohe", "Nāinoa Kauʻikeaouli", "Faʻafetai Tuiʻātua",
        "Liliʻuokalani", "ʻAulani Mahiʻai", "Mālia Nāʻālehu",
    ],
    "haitian and caribbean": [
        "Wòch Dèlwi", "Jozèf Pyè-Pòl", "Fabyenn Òjis", "Tèt Kole Ewòs",
    ],
    "west african": [
        "Adébáyọ̀ Ṣẹ́gun", "Ọlúwaṣeun Ọ̀ṣọ́", "Chukwuemeka Ụzọ̀", "Ńnédi Òkóràfọ̀", "Kɔfi Ŋmɛnlɛ",
        "Ɛsi Nyarkɔ", "Ɗanjuma Ƙasim", "Aïssatou Bâ", "Fatoumata Ɓaldé", "Kwadwo Ɔpɔku",
    ],
    "european": [
        "Łukasz Żółć", "Ştefan Țepeș", "Győző Űrhajós", "Jiří Dvořák", "Ąžuolas Žukauskas",
        "Þórður Æðalsteinsson", "Søren Åkerblad", "Ġorġ Ħaż-Żebbuġ", "İpek Yıldız", "Siôn ap Ŵyn",
        "Ĝerda Ŭel", "Ragnheiður Sigurðardóttir",
    ],
    "greek": [
        "Ἀλέξανδρος Παπαδόπουλος", "Ελένη Καζαντζάκη", "Ιωάννης Σωκράτης",
    ],
    "cyrillic": [
        "Иван Ђорђевић", "Наталія Їжакевич", "Ғалым Қаратай", "Ёлка Чёрная", "Љубица Њежић", "Өнөр Ңомоев",
    ],
    "arabic": [
        "ليلى عبد الله الأمين", "محمد بن راشد", "مُحَمَّد رضا", "آمنة القاضي", "علی‌رضا", "زهراء الحسيني",
        "گل‌اندام پرویزی", "ٹیپو سلطان", "لؤي ئالا", "عبدالرحمٰن",
    ],
    "hebrew": [
        "דוד בן־גוריון", "שרה לוי", "יִצְחָק כהן", "Rivka לוי",
    ],
    "devanagari": [
        "क्षितिज शर्मा", "ज्ञानेश्वर पाटील", "श्रीकृष्ण द्विवेदी", "ऋतु त्रिपाठी", "प्रज्ञा सिद्धार्थ",
        "रुद्राक्ष", "ङावाङ छिरिङ", "तृष्णा थापा",
    ],
    "bengali": [
        "শ্রী রবীন্দ্রনাথ ঠাকুর", "কৃষ্ণা মুখোপাধ্যায়", "জ্যোতি চক্রবর্তী", "ৰীতা বৰুৱা", "ক্ষুদিরাম বসু",
        "মোঃ আব্দুল্লাহ",
    ],
    "khmer": [
        "ចាន់ ស្រីមុំ", "ស៊ុន សុភា", "ហ៊ុន ម៉ាណែត", "កែវ ពិសិដ្ឋ", "ព្រំ សុវណ្ណារ៉ា", "សុខ ច័ន្ទ",
    ],
    "burmese": [
        "အောင်ဆန်းစုကြည်", "မောင်မောင်",
    ],
    "ethiopic": [
        "አልማዝ ተስፋዬ", "ኃይለ ሥላሴ", "ሰላማዊት ገብረ-እግዚአብሔር", "ትርሓስ ጎይትኦም", "ዓለምጸሓይ ወዳጆ",
    ],
    "cherokee": [
        "ᏍᏏᏉᏯ", "ᎠᏂᏔ ᎳᏂ",
    ],
    "hmong": [
        "Xyooj Npuag Ntxawg", "Paj Ntaub Vaj", "Tswv Yim Lauj", "Nkauj Hli Hawj",
    ],
    "east asian": [
        "李小龙", "김민지", "山田花子", "陳 Wei-Ling", "Nguyễn 阮",
    ],
    "georgian and armenian": [
        "თამარ ბერიძე", "Արամ Խաչատրյան",
    ],
    "tamil and thai": [
        "பாரதி", "สมชาย",
    ],
    "single names": [
        "Suharto", "Ou", "Þ", "Xi", "नीरज", "سعاد",
    ],
    "marks and signs": [
        "Jean-Luc O’Brien, Jr.", "Mary-Kate St. John", "X Æ Łą́ą́", "Ana-María “Mimi” Ruiz",
        "Dr. K. (Kit) Ng", "A. B. C. d'Ã", "Q̓alix̌ Ḵw̓im̓", "Ş̌ẹ̄̀n",
    ],
    "long": [
        "María de los Ángeles Guadalupe Fernández de Córdoba y Rodríguez-Villanueva de la Santísima Trinidad",
        "Wolfeschlegelsteinhausenbergerdorff" * 2, "Ng " * 33 + "N",
    ],
    "no names": [
        "Rosa\u202eaniM", "Rosa 😀", "\u0301Rosa", "12345", "R" + "\u0323" * 9, "A\u200bB\u200e",
        "<b>Rosa</b>", "Rosa)>> endobj", "x" * 300,
    ],
}  # fmt: skip
# What must be printable: the people this is for. All others may be refused, never printed wrong.
ALWAYS = {
    "spanish", "portuguese and french", "vietnamese", "diné", "hawaiian and samoan", "haitian and caribbean",
    "european", "greek", "cyrillic", "arabic", "devanagari", "bengali", "khmer", "ethiopic", "hebrew", "cherokee",
    "burmese", "hmong", "single names",
    "long",
}  # fmt: skip
