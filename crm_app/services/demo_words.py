"""The words that the demo company is made of."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Town:
    """A town, what it lies in, and how its postcodes begin."""

    name: str
    region: str
    postcode: str
    zone: str


ZONES = (
    "Norte", "Galicia", "Cornisa cantábrica", "Cataluña", "Aragón y La Rioja", "Levante", "Centro", "Castilla y León",
    "Extremadura", "Andalucía oriental", "Andalucía occidental", "Canarias", "Baleares", "Colombia centro", "Colombia costa",
)  # fmt: skip

SECTORS = (
    "Alimentación", "Automoción", "Comercio al por menor", "Construcción", "Consultoría", "Educación", "Energía", "Ferretería",
    "Hostelería", "Imprenta y artes gráficas", "Informática", "Jardinería", "Limpieza", "Logística y transporte",
    "Maquinaria industrial", "Metal", "Papelería", "Sanidad", "Textil", "Viticultura",
)  # fmt: skip

# what a company does, and its place in SECTORS
TRADES = (
    ("Panadería", 0), ("Conservas", 0), ("Frutas", 0), ("Talleres", 1), ("Neumáticos", 1), ("Recambios", 1), ("Bazar", 2),
    ("Muebles", 2), ("Construcciones", 3), ("Reformas", 3), ("Cerámicas", 3), ("Asesoría", 4), ("Gestoría", 4), ("Academia", 5),
    ("Electricidad", 6), ("Instalaciones", 6), ("Ferretería", 7), ("Suministros", 7), ("Hotel", 8), ("Restaurante", 8),
    ("Cafetería", 8), ("Imprenta", 9), ("Rótulos", 9), ("Informática", 10), ("Sistemas", 10), ("Viveros", 11), ("Jardinería", 11),
    ("Limpiezas", 12), ("Transportes", 13), ("Mensajería", 13), ("Maquinaria", 14), ("Hidráulica", 14), ("Carpintería metálica", 15),
    ("Fundición", 15), ("Papelería", 16), ("Librería", 16), ("Farmacia", 17), ("Clínica dental", 17), ("Confecciones", 18),
    ("Tejidos", 18), ("Bodegas", 19), ("Viñedos", 19),
)  # fmt: skip

# a company's legal form and the first letter of its Spanish identifier
FORMS = (("S.L.", "B"), ("S.A.S.", "A"), ("S.A.", "A"))

SURNAMES = (
    "García", "Fernández", "González", "Rodríguez", "López", "Martínez", "Sánchez", "Pérez", "Gómez", "Martín", "Jiménez", "Ruiz",
    "Hernández", "Díaz", "Moreno", "Muñoz", "Álvarez", "Romero", "Alonso", "Gutiérrez", "Navarro", "Torres", "Domínguez", "Vázquez",
    "Ramos", "Gil", "Ramírez", "Serrano", "Blanco", "Molina", "Morales", "Suárez", "Ortega", "Delgado", "Castro", "Ortiz", "Rubio",
    "Marín", "Sanz", "Núñez", "Iglesias", "Medina", "Garrido", "Cortés", "Castillo", "Santos", "Lozano", "Guerrero", "Cano",
    "Prieto", "Méndez", "Cruz", "Calvo", "Gallego", "Herrera", "Márquez", "León", "Vidal", "Peña", "Flores", "Cabrera", "Campos",
    "Vega", "Fuentes", "Carrasco", "Díez", "Reyes", "Caballero", "Nieto", "Aguilar", "Pascual", "Santana", "Herrero", "Montero",
    "Lorenzo", "Hidalgo", "Giménez", "Ibáñez", "Ferrer", "Durán", "Santiago", "Benítez", "Vargas", "Mora", "Arias", "Vicente",
    "Carmona", "Crespo", "Soto", "Pastor", "Rojas", "Velasco", "Sáez", "Moya", "Soler", "Parra", "Esteban", "Bravo", "Gallardo",
    "Echeverría", "Ordóñez", "Zúñiga", "Ocaña", "Puig", "Mendoza", "Quiñones", "Yáñez", "Bermúdez", "Restrepo", "Cárdenas",
)  # fmt: skip

FIRST_NAMES = (
    "María", "José", "Carmen", "Antonio", "Ana", "Manuel", "Lucía", "Francisco", "Sofía", "Juan", "Martina", "David", "Paula",
    "Javier", "Valeria", "Daniel", "Julia", "Carlos", "Begoña", "Alejandro", "Íñigo", "Elena", "Ángel", "Rocío", "Andrés", "Inés",
    "Sebastián", "Nuria", "Héctor", "Verónica", "Raúl", "Mónica", "Óscar", "Marta", "Iván", "Pilar", "Rubén", "Concepción",
    "Adrián", "Laura", "Jesús", "Ainhoa", "Tomás", "Montserrat", "Nicolás", "Camila", "Simón", "Begoña", "Iñaki", "Beatriz",
)  # fmt: skip

# those of them that are women's
WOMEN = frozenset((
    "María", "Carmen", "Ana", "Lucía", "Sofía", "Martina", "Paula", "Valeria", "Julia", "Begoña", "Elena", "Rocío", "Inés",
    "Nuria", "Verónica", "Mónica", "Marta", "Pilar", "Concepción", "Laura", "Ainhoa", "Montserrat", "Camila", "Beatriz",
))  # fmt: skip

STREETS = (
    "Calle Mayor", "Calle Real", "Avenida de la Constitución", "Calle del Carmen", "Plaza de España", "Calle San José",
    "Avenida de América", "Calle de la Peña", "Paseo de la Estación", "Calle Cervantes", "Calle Núñez de Balboa", "Ronda del Sur",
    "Polígono La Cañada", "Camino Viejo", "Calle Doctor Fleming", "Calle Antonio Machado", "Travesía del Olmo", "Calle Ancha",
    "Polígono Las Viñas", "Avenida del Mediterráneo", "Calle Nueva", "Cuesta de San Martín", "Calle Ramón y Cajal",
)  # fmt: skip

# a Colombian street, then "15 # 93-47": the street, the one that crosses before the house, the metres from that corner
COLOMBIAN_STREETS = ("Calle", "Cra.", "Cl.", "Av. Cra.", "Diagonal", "Transversal")
COLOMBIAN_MOBILES = (
    "300", "301", "302", "304", "305", "310", "311", "312", "313", "314", "315", "316", "317", "318", "320", "321",
)  # fmt: skip

SPANISH_TOWNS = (
    Town("Madrid", "Madrid", "28", "Centro"), Town("Móstoles", "Madrid", "28", "Centro"),
    Town("Alcalá de Henares", "Madrid", "28", "Centro"), Town("Toledo", "Toledo", "45", "Centro"),
    Town("Logroño", "La Rioja", "26", "Aragón y La Rioja"), Town("Zaragoza", "Zaragoza", "50", "Aragón y La Rioja"),
    Town("Barcelona", "Barcelona", "08", "Cataluña"), Town("Sabadell", "Barcelona", "08", "Cataluña"),
    Town("Lérida", "Lérida", "25", "Cataluña"), Town("Vigo", "Pontevedra", "36", "Galicia"),
    Town("La Coruña", "La Coruña", "15", "Galicia"), Town("Gijón", "Asturias", "33", "Cornisa cantábrica"),
    Town("Santoña", "Cantabria", "39", "Cornisa cantábrica"), Town("Bilbao", "Vizcaya", "48", "Norte"),
    Town("Irún", "Guipúzcoa", "20", "Norte"), Town("Pamplona", "Navarra", "31", "Norte"),
    Town("León", "León", "24", "Castilla y León"), Town("Peñafiel", "Valladolid", "47", "Castilla y León"),
    Town("Ávila", "Ávila", "05", "Castilla y León"), Town("Cáceres", "Cáceres", "10", "Extremadura"),
    Town("Mérida", "Badajoz", "06", "Extremadura"), Town("Sevilla", "Sevilla", "41", "Andalucía occidental"),
    Town("Cádiz", "Cádiz", "11", "Andalucía occidental"), Town("Córdoba", "Córdoba", "14", "Andalucía occidental"),
    Town("Málaga", "Málaga", "29", "Andalucía oriental"), Town("Almuñécar", "Granada", "18", "Andalucía oriental"),
    Town("Jaén", "Jaén", "23", "Andalucía oriental"), Town("Valencia", "Valencia", "46", "Levante"),
    Town("Castellón de la Plana", "Castellón", "12", "Levante"), Town("Cartagena", "Murcia", "30", "Levante"),
    Town("Las Palmas de Gran Canaria", "Las Palmas", "35", "Canarias"), Town("Palma", "Islas Baleares", "07", "Baleares"),
)  # fmt: skip

# the province by its postcodes, and how its telephones begin (Plan nacional de numeración)
AREA_CODES = {
    "28": "91", "45": "925", "26": "941", "50": "976", "08": "93", "25": "973", "36": "986", "15": "981", "33": "985",
    "39": "942", "48": "94", "20": "943", "31": "948", "24": "987", "47": "983", "05": "920", "10": "927", "06": "924",
    "41": "95", "11": "956", "14": "957", "29": "95", "18": "958", "23": "953", "46": "96", "12": "964", "30": "968",
    "35": "928", "07": "971",
}  # fmt: skip

COLOMBIAN_TOWNS = (
    Town("Bogotá", "Cundinamarca", "11", "Colombia centro"), Town("Medellín", "Antioquia", "05", "Colombia centro"),
    Town("Ibagué", "Tolima", "73", "Colombia centro"), Town("Cali", "Valle del Cauca", "76", "Colombia centro"),
    Town("Barranquilla", "Atlántico", "08", "Colombia costa"), Town("Cartagena de Indias", "Bolívar", "13", "Colombia costa"),
    Town("Santa Marta", "Magdalena", "47", "Colombia costa"),
)  # fmt: skip

TEAMS = ("Ventas norte", "Ventas sur")

# name, e-mail, role, team
MEMBERS = (
    ("Ana Admin", "ana.admin@demo.example", "Administrator", ""),
    ("Luis Peña", "luis.pena@demo.example", "Sales", "Ventas norte"),
    ("Marta Núñez", "marta.nunez@demo.example", "Sales", "Ventas norte"),
    ("Íñigo Sáez", "inigo.saez@demo.example", "Sales", "Ventas sur"),
    ("Carmen Ruiz", "carmen.ruiz@demo.example", "Back office", ""),
    ("Tomás Vidal", "tomas.vidal@demo.example", "Warehouse", ""),
    ("Sofía León", "sofia.leon@demo.example", "Support", ""),
    ("Raúl Ortega", "raul.ortega@demo.example", "Read-only", ""),
)

# what somebody is at work, said of a man and of a woman
JOB_TITLES = (
    ("Gerente", "Gerente"), ("Director de compras", "Directora de compras"), ("Jefe de compras", "Jefa de compras"),
    ("Responsable de administración", "Responsable de administración"), ("Contable", "Contable"),
    ("Director comercial", "Directora comercial"), ("Jefe de almacén", "Jefa de almacén"),
    ("Responsable de calidad", "Responsable de calidad"), ("Encargado de tienda", "Encargada de tienda"),
    ("Director financiero", "Directora financiera"), ("Secretario de dirección", "Secretaria de dirección"),
    ("Jefe de obra", "Jefa de obra"), ("Técnico de mantenimiento", "Técnica de mantenimiento"),
    ("Responsable de informática", "Responsable de informática"), ("Socio", "Socia"), ("Apoderado", "Apoderada"),
)  # fmt: skip

# a category, the one it is a part of, and what is sold in it with the usual price and unit
CATEGORIES = (
    ("Material de oficina", "", ()),
    ("Papel y cartón", "Material de oficina", (("Papel A4 blanco", 4.5, "resma"), ("Archivador de palanca", 2.1, "ud"), ("Sobre acolchado", 0.35, "ud"))),
    ("Escritura", "Material de oficina", (("Bolígrafo azul", 0.4, "ud"), ("Rotulador permanente", 1.2, "ud"), ("Subrayador", 0.9, "ud"))),
    ("Ferretería", "", ()),
    ("Tornillería", "Ferretería", (("Tornillo M8 galvanizado", 0.12, "ud"), ("Taco de nailon", 0.05, "ud"), ("Arandela de acero", 0.02, "ud"))),
    ("Herramientas", "Ferretería", (("Taladro percutor", 89.0, "ud"), ("Llave inglesa", 18.5, "ud"), ("Cinta métrica", 6.75, "ud"))),
    ("Limpieza", "", (("Detergente neutro", 7.8, "l"), ("Fregona de algodón", 3.2, "ud"), ("Guantes de nitrilo", 8.9, "caja"))),
    ("Iluminación", "", (("Bombilla LED cálida", 2.95, "ud"), ("Panel LED 60×60", 34.0, "ud"), ("Tubo LED 120 cm", 9.4, "ud"))),
    ("Alimentación", "", (("Café en grano", 14.2, "kg"), ("Aceite de oliva virgen", 8.6, "l"), ("Agua mineral", 0.45, "ud"))),
    ("Servicios", "", ()),
    ("Instalación", "Servicios", (("Instalación eléctrica", 42.0, "h"), ("Montaje de mobiliario", 32.0, "h"))),
    ("Mantenimiento", "Servicios", (("Revisión anual", 180.0, "ud"), ("Asistencia técnica", 48.0, "h"))),
)  # fmt: skip

# the same in English
IN_ENGLISH = {
    "Papel A4 blanco": "white A4 paper",
    "Archivador de palanca": "lever arch file",
    "Sobre acolchado": "padded envelope",
    "Bolígrafo azul": "blue ballpoint pen",
    "Rotulador permanente": "permanent marker",
    "Subrayador": "highlighter",
    "Tornillo M8 galvanizado": "galvanised M8 screw",
    "Taco de nailon": "nylon wall plug",
    "Arandela de acero": "steel washer",
    "Taladro percutor": "hammer drill",
    "Llave inglesa": "adjustable spanner",
    "Cinta métrica": "tape measure",
    "Detergente neutro": "neutral detergent",
    "Fregona de algodón": "cotton mop",
    "Guantes de nitrilo": "nitrile gloves",
    "Bombilla LED cálida": "warm LED bulb",
    "Panel LED 60×60": "LED panel 60×60",
    "Tubo LED 120 cm": "LED tube 120 cm",
    "Café en grano": "coffee beans",
    "Aceite de oliva virgen": "virgin olive oil",
    "Agua mineral": "mineral water",
    "Instalación eléctrica": "electrical installation",
    "Montaje de mobiliario": "furniture assembly",
    "Revisión anual": "yearly service",
    "Asistencia técnica": "technical support",
}

# of what is sold, what is feminine or more than one
FEMININE = (
    "Arandela", "Llave", "Cinta", "Fregona", "Bombilla", "Agua", "Instalación", "Revisión", "Asistencia",
)  # fmt: skip
SEVERAL = ("Guantes",)

TAGS = ("preferente", "feria 2025", "boletín", "exportación", "licitaciones", "pago puntual", "urgencias", "mayorista")
GROUPS = (
    "Aranda",
    "Bidasoa",
    "Cantueso",
    "Duratón",
    "Egea",
    "Faro",
    "Gredos",
    "Horizonte",
    "Iregua",
    "Jalón",
    "Lanza",
    "Miramar",
)

# what a document says to its customer: name, kind of document, place, in Spanish, in English
TEXTS = (
    (
        "Condiciones de la oferta",
        "quotes",
        "terms",
        (
            "Precios válidos hasta la fecha indicada, salvo fin de existencias.\n"
            "Portes incluidos en la península para pedidos a partir de 300 €.\n"
            "Plazo de entrega: de 5 a 7 días laborables desde la aceptación."
        ),
        (
            "Prices are valid until the date shown, while stocks last.\n"
            "Carriage is included within mainland Spain on orders from 300 €.\n"
            "Delivery takes 5 to 7 working days from acceptance."
        ),
    ),
    (
        "Despedida de la oferta",
        "quotes",
        "notes",
        "Gracias por su interés. Quedamos a su disposición para cualquier aclaración.",
        "Thank you for your interest. We are at your disposal for any questions.",
    ),
    (
        "Recepción de la mercancía",
        "deliveries",
        "terms",
        "Le rogamos que revise la mercancía al recibirla y que nos comunique cualquier daño en un plazo de 24 horas.",
        "Please check the goods on arrival and let us know of any damage within 24 hours.",
    ),
    (
        "Pago de la factura",
        "invoices",
        "terms",
        "Pago por transferencia al IBAN ES91 2100 0418 4502 0005 1332, indicando el número de la factura.",
        "Please pay by bank transfer to IBAN ES91 2100 0418 4502 0005 1332, quoting the number of the invoice.",
    ),
    ("Agradecimiento", "all", "notes", "Gracias por su confianza.", "Thank you for your business."),
)

# as it is said of one thing, in English, and of what: goods, food, services
QUALITIES = (
    ("básico", "basic", "gs"),
    ("profesional", "professional", "gs"),
    ("ecológico", "ecological", "gf"),
    ("reforzado", "reinforced", "g"),
    ("compacto", "compact", "g"),
    ("grande", "large", "g"),
    ("pequeño", "small", "g"),
    ("premium", "premium", "gfs"),
    ("económico", "economy", "gfs"),
    ("industrial", "industrial", "g"),
)
