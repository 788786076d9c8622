"""Manuals as they come with a hair dryer, in several languages, written for these tests."""

ENGLISH = """HAIR DRYER HD-2200
USER MANUAL
Model: HD-2200
IMPORTANT SAFETY INSTRUCTIONS
Read all instructions before use. Save these instructions for later.
WARNING: Do not use this appliance near bathtubs, showers, basins or other vessels containing water.
Never immerse the appliance in water or any other liquid.
This appliance is intended for household use only.
Close supervision is necessary when the appliance is used near children.
If the supply cord is damaged, it must be replaced by the manufacturer or its service agent.
Unplug the appliance from the wall outlet when it is not in use.
SPECIFICATIONS
Rated voltage: 120 V~ 60 Hz. Rated power: 1800 W.
OPERATION
Plug the dryer into a wall outlet and choose the heat with the upper switch.
Dry the hair in sections and keep the dryer moving so that no part becomes too hot.
Slide the lower switch to cool at the end to set the style.
CLEANING AND MAINTENANCE
Unplug the dryer and let it cool. Wipe the body with a soft cloth and clear the air inlet of lint.
Store the dryer in a dry place and do not wind the cord around it.
FCC STATEMENT
This device complies with part 15 of the FCC Rules. Operation is subject to two conditions:
(1) This device may not cause harmful interference, and (2) this device must accept any interference.
Changes or modifications not expressly approved by the party responsible could void your authority.
DISPOSAL
Do not dispose of this product with household waste. Take it to a collection point for recycling.
WARRANTY
The dryer has a warranty of two years from the day of purchase against faults of material.
Manufacturer: Shenzhen Meifa Electric Co., Ltd., No. 8 Keji Road, Nanshan District, Shenzhen, China
Importer: Linden Trading LLC, 100 Main Street, Austin, TX 78701, USA
Customer service: help@linden-trading.example, +1 512 555 0100"""

CHINESE = """电吹风 HD-2200
使用说明书
型号：HD-2200
重要安全说明
使用前请仔细阅读全部说明，并妥善保管本说明书以备日后查阅。
警告：请勿在浴缸、淋浴、水槽或其他盛水容器附近使用本产品。
切勿将本产品浸入水中或任何其他液体中。
本产品仅供家庭使用。
儿童在附近时，使用本产品必须有成人看护。
如果电源线损坏，必须由制造商或其维修部门更换。
不使用时请将插头从插座上拔下。
规格参数
额定电压：220 V~ 50 Hz，额定功率：1800 W。
操作方法
将插头插入插座，用上方开关选择温度档位。
分区吹干头发，不断移动吹风机，避免局部过热。
最后将下方开关拨到冷风档定型。
清洁与保养
拔下插头并等待冷却，用软布擦拭机身，清除进风口的毛絮。
请存放在干燥处，不要将电源线缠绕在机身上。
制造商：深圳美发电器有限公司，深圳市南山区科技路8号"""

GERMAN = """HAARTROCKNER HD-2200
BEDIENUNGSANLEITUNG
Modell: HD-2200
WICHTIGE SICHERHEITSHINWEISE
Lesen Sie alle Anweisungen vor dem Gebrauch und bewahren Sie diese Anleitung auf.
WARNUNG: Benutzen Sie dieses Gerät nicht in der Nähe von Badewannen, Duschen oder Waschbecken.
Tauchen Sie das Gerät niemals in Wasser oder andere Flüssigkeiten.
Dieses Gerät ist nur für den Hausgebrauch bestimmt.
Kinder dürfen nicht mit dem Gerät spielen und müssen beaufsichtigt werden.
Wenn die Anschlussleitung beschädigt ist, muss sie durch den Hersteller ersetzt werden.
Ziehen Sie den Netzstecker, wenn das Gerät nicht benutzt wird.
TECHNISCHE DATEN
Nennspannung: 230 V~ 50 Hz. Nennleistung: 1800 W.
BEDIENUNG
Stecken Sie den Stecker in eine Steckdose und wählen Sie die Temperatur mit dem oberen Schalter.
Trocknen Sie das Haar in Partien und bewegen Sie das Gerät dabei ständig.
REINIGUNG UND PFLEGE
Ziehen Sie den Stecker und lassen Sie das Gerät abkühlen, bevor Sie es mit einem Tuch abwischen.
Bewahren Sie das Gerät an einem trockenen Ort auf.
ENTSORGUNG
Das Gerät darf nicht mit dem Hausmüll entsorgt werden. Geben Sie es bei einer Sammelstelle ab.
Hersteller: Shenzhen Meifa Electric Co., Ltd., No. 8 Keji Road, Nanshan District, Shenzhen, China
Importeur: Linden Handels GmbH, Hafenstraße 12, 20457 Hamburg, Deutschland"""

FRENCH = """MODE D'EMPLOI DU SÈCHE-CHEVEUX
Lisez toutes les instructions avant l'utilisation et conservez cette notice.
AVERTISSEMENT : n'utilisez pas cet appareil près d'une baignoire, d'une douche ou d'un lavabo.
Ne plongez jamais l'appareil dans l'eau ni dans un autre liquide.
Cet appareil est destiné à un usage domestique uniquement.
Si le câble d'alimentation est endommagé, il doit être remplacé par le fabricant.
Tension nominale : 230 V~ 50 Hz. Puissance nominale : 1800 W.
Débranchez l'appareil et laissez-le refroidir avant de l'essuyer avec un chiffon doux.
Ne jetez pas ce produit avec les ordures ménagères."""

JAPANESE = """取扱説明書
ご使用の前に、この説明書をよくお読みになり、大切に保管してください。
警告：浴室や水のある場所の近くで使用しないでください。
本体を水や他の液体に浸さないでください。
定格電圧：100 V 50/60 Hz、消費電力：1200 W
お子様の手の届かないところに保管してください。
お手入れの前に、必ず電源プラグを抜いてください。"""

THAI = """คู่มือการใช้งานเครื่องเป่าผม
โปรดอ่านคำแนะนำทั้งหมดก่อนใช้งานและเก็บคู่มือนี้ไว้
คำเตือน: ห้ามใช้เครื่องนี้ใกล้อ่างอาบน้ำ ฝักบัว หรืออ่างล้างหน้า
แรงดันไฟฟ้า 220 V~ 50 Hz กำลังไฟ 1800 W
ถอดปลั๊กเมื่อไม่ใช้งาน และเก็บให้พ้นมือเด็ก"""

VIETNAMESE = """HƯỚNG DẪN SỬ DỤNG MÁY SẤY TÓC
Đọc tất cả các hướng dẫn trước khi sử dụng và giữ lại tài liệu này.
Cảnh báo: không sử dụng thiết bị này gần bồn tắm, vòi sen hoặc chậu rửa.
Không bao giờ nhúng thiết bị vào nước hoặc chất lỏng khác.
Điện áp định mức: 220 V~ 50 Hz. Công suất: 1800 W.
Rút phích cắm khi không sử dụng và để xa tầm tay trẻ em."""

INDONESIAN = """PETUNJUK PENGGUNAAN PENGERING RAMBUT
Baca semua petunjuk sebelum digunakan dan simpan petunjuk ini.
Peringatan: jangan gunakan alat ini di dekat bak mandi, pancuran atau wastafel.
Jangan pernah merendam alat ini di dalam air atau cairan lain.
Tegangan: 220 V~ 50 Hz. Daya: 1800 W.
Cabut steker bila tidak digunakan dan jauhkan dari jangkauan anak-anak."""

ARABIC = """دليل استخدام مجفف الشعر
اقرأ جميع التعليمات قبل الاستخدام واحتفظ بهذا الدليل.
تحذير: لا تستخدم هذا الجهاز بالقرب من أحواض الاستحمام أو الدش أو الأحواض.
الجهد الكهربائي: 230 V~ 60 Hz
افصل القابس عند عدم الاستخدام واحفظه بعيدا عن متناول الأطفال."""

HEADINGS = {
    "IMPORTANT SAFETY INSTRUCTIONS": "重要安全说明",
    "SPECIFICATIONS": "规格参数",
    "OPERATION": "操作方法",
    "CLEANING AND MAINTENANCE": "清洁与保养",
    "FCC STATEMENT": "FCC 声明",
    "DISPOSAL": "废弃处置",
    "WARRANTY": "保修条款",
}
CHINESE_HEADINGS = "\n".join(HEADINGS.get(line, line) for line in ENGLISH.split("\n"))
BOTH_IN_EACH_HEADING = "\n".join(
    f"{line} {HEADINGS[line]}" if line in HEADINGS else line for line in ENGLISH.split("\n")
)
LINE_BY_LINE = "\n".join(line for pair in zip(ENGLISH.split("\n"), CHINESE.split("\n"), strict=False) for line in pair)
