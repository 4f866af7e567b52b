
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * True words to begin with, for what closes shops most often, in all languages
 * of the page.  They promise nothing and blame nobody.
 */


#include "ctl/stock.h"


/* by place in ngx_shop_stock_names */
static const struct {
    const char  *lang;
    const char  *text[NGX_SHOP_STOCK_N];
} ngx_shop_stock_texts[] = {

    { "ar", {
        "نعمل على قاعدة بياناتنا.",
        "نقوم بتثبيت إصدار جديد من المتجر.",
        "توجد مشكلة في الدفع، لذلك لا نستقبل الطلبات الآن.",
        "جاء زوار أكثر مما يمكننا خدمتهم في وقت واحد، لذلك "
        "أغلقنا المتجر مؤقتًا.",
        "أغلقنا المتجر بينما نعالج مشكلة أمنية." } },

    { "bg", {
        "Работим по нашата база данни.",
        "Инсталираме нова версия на магазина.",
        "Има проблем с плащанията, затова в момента не приемаме "
        "поръчки.",
        "Дойдоха повече посетители, отколкото можем да обслужим "
        "наведнъж, затова затворихме за кратко.",
        "Затворихме магазина, докато решаваме проблем със "
        "сигурността." } },

    { "ca", {
        "Estem treballant en la nostra base de dades.",
        "Estem instal·lant una nova versió de la botiga.",
        "Hi ha un problema amb els pagaments, per això ara "
        "no acceptem comandes.",
        "Han arribat més visitants dels que podem atendre "
        "alhora, per això hem tancat un moment.",
        "Hem tancat la botiga mentre resolem un problema de "
        "seguretat." } },

    { "cs", {
        "Pracujeme na naší databázi.",
        "Instalujeme novou verzi obchodu.",
        "Došlo k problému s platbami, proto teď nepřijímáme "
        "objednávky.",
        "Přišlo více návštěvníků, než dokážeme obsloužit najednou, "
        "proto jsme na chvíli zavřeli.",
        "Zavřeli jsme obchod, než vyřešíme bezpečnostní problém." } },

    { "da", {
        "Vi arbejder på vores database.",
        "Vi installerer en ny version af butikken.",
        "Der er et problem med betalinger, så vi tager ikke "
        "imod ordrer lige nu.",
        "Der kom flere besøgende, end vi kan betjene på én "
        "gang, så vi har lukket et øjeblik.",
        "Vi har lukket butikken, mens vi løser et sikkerhedsproblem." } },

    { "de", {
        "Wir arbeiten an unserer Datenbank.",
        "Wir installieren eine neue Version des Shops.",
        "Es gibt ein Problem mit Zahlungen, deshalb nehmen "
        "wir gerade keine Bestellungen an.",
        "Es kamen mehr Besucher, als wir gleichzeitig bedienen "
        "können, deshalb haben wir kurz geschlossen.",
        "Wir haben den Shop geschlossen, während wir ein Sicherheitsproblem "
        "beheben." } },

    { "el", {
        "Εργαζόμαστε στη βάση δεδομένων μας.",
        "Εγκαθιστούμε νέα έκδοση του καταστήματος.",
        "Υπάρχει πρόβλημα με τις πληρωμές, γι’ αυτό δεν δεχόμαστε "
        "παραγγελίες αυτή τη στιγμή.",
        "Ήρθαν περισσότεροι επισκέπτες από όσους μπορούμε "
        "να εξυπηρετήσουμε μαζί, γι’ αυτό κλείσαμε για λίγο.",
        "Κλείσαμε το κατάστημα όσο αντιμετωπίζουμε ένα πρόβλημα "
        "ασφάλειας." } },

    { "en", {
        "We are working on our database.",
        "We are installing a new version of the shop.",
        "There is a problem with payments, so we are not taking "
        "orders right now.",
        "More visitors came than we can serve at once, so "
        "we have closed for a moment.",
        "We have closed the shop while we deal with a security "
        "problem." } },

    { "en-US", {
        "We are working on our database.",
        "We are installing a new version of the store.",
        "There is a problem with payments, so we are not taking "
        "orders right now.",
        "More visitors came than we can serve at once, so "
        "we have closed for a moment.",
        "We have closed the store while we deal with a security "
        "problem." } },

    { "es", {
        "Estamos trabajando en nuestra base de datos.",
        "Estamos instalando una nueva versión de la tienda.",
        "Hay un problema con los pagos, por eso ahora no aceptamos "
        "pedidos.",
        "Han llegado más visitantes de los que podemos atender "
        "a la vez, por eso hemos cerrado un momento.",
        "Hemos cerrado la tienda mientras resolvemos un problema "
        "de seguridad." } },

    { "et", {
        "Töötame oma andmebaasi kallal.",
        "Paigaldame poe uut versiooni.",
        "Maksetega on probleem, seetõttu me praegu tellimusi "
        "vastu ei võta.",
        "Külastajaid tuli rohkem, kui suudame korraga teenindada, "
        "seetõttu sulgesime poe hetkeks.",
        "Sulgesime poe, et lahendada turvaprobleem." } },

    { "fi", {
        "Työskentelemme tietokantamme parissa.",
        "Asennamme kaupan uutta versiota.",
        "Maksuissa on ongelma, joten emme ota juuri nyt vastaan "
        "tilauksia.",
        "Kävijöitä tuli enemmän kuin voimme palvella kerralla, "
        "joten suljimme hetkeksi.",
        "Olemme sulkeneet kaupan selvittääksemme turvallisuusongelman." } },

    { "fr", {
        "Nous travaillons sur notre base de données.",
        "Nous installons une nouvelle version de la boutique.",
        "Il y a un problème avec les paiements, nous ne prenons "
        "donc pas de commandes pour le moment.",
        "Il y a plus de visiteurs que nous ne pouvons en servir "
        "à la fois, nous avons donc fermé un moment.",
        "Nous avons fermé la boutique le temps de traiter "
        "un problème de sécurité." } },

    { "ga", {
        "Táimid ag obair ar ár mbunachar sonraí.",
        "Táimid ag suiteáil leagan nua den siopa.",
        "Tá fadhb le híocaíochtaí, mar sin nílimid ag glacadh "
        "le horduithe faoi láthair.",
        "Tháinig níos mó cuairteoirí ná mar is féidir linn "
        "freastal orthu le chéile, mar sin dhúnamar ar feadh "
        "tamaill.",
        "Dhúnamar an siopa fad atáimid ag déileáil le fadhb "
        "slándála." } },

    { "he", {
        "אנחנו עובדים על מסד הנתונים שלנו.",
        "אנחנו מתקינים גרסה חדשה של החנות.",
        "יש בעיה בתשלומים, ולכן איננו מקבלים הזמנות כרגע.",
        "הגיעו יותר מבקרים משאנו יכולים לשרת בבת אחת, ולכן "
        "סגרנו לזמן קצר.",
        "סגרנו את החנות בזמן שאנו מטפלים בבעיית אבטחה." } },

    { "hi", {
        "हम अपने डेटाबेस पर काम कर रहे हैं।",
        "हम दुकान का नया संस्करण इंस्टॉल कर रहे हैं।",
        "भुगतान में समस्या है, इसलिए हम अभी ऑर्डर नहीं ले "
        "रहे हैं।",
        "एक साथ इतने लोग आए कि हम सबको सेवा नहीं दे सकते, "
        "इसलिए हमने दुकान थोड़ी देर के लिए बंद की है।",
        "एक सुरक्षा समस्या को ठीक करने तक हमने दुकान बंद की "
        "है।" } },

    { "hr", {
        "Radimo na našoj bazi podataka.",
        "Instaliramo novu verziju trgovine.",
        "Postoji problem s plaćanjem, pa trenutačno ne primamo "
        "narudžbe.",
        "Došlo je više posjetitelja nego što možemo poslužiti "
        "odjednom, pa smo nakratko zatvorili.",
        "Zatvorili smo trgovinu dok rješavamo sigurnosni problem." } },

    { "hu", {
        "Az adatbázisunkon dolgozunk.",
        "A bolt új verzióját telepítjük.",
        "Probléma van a fizetésekkel, ezért most nem fogadunk "
        "rendeléseket.",
        "Több látogató érkezett, mint amennyit egyszerre ki "
        "tudunk szolgálni, ezért egy időre bezártunk.",
        "Bezártuk a boltot, amíg egy biztonsági problémát "
        "megoldunk." } },

    { "id", {
        "Kami sedang mengerjakan basis data kami.",
        "Kami sedang memasang versi baru toko.",
        "Ada masalah dengan pembayaran, jadi saat ini kami "
        "tidak menerima pesanan.",
        "Pengunjung yang datang lebih banyak daripada yang "
        "dapat kami layani sekaligus, jadi kami tutup sebentar.",
        "Kami menutup toko selagi menangani masalah keamanan." } },

    { "it", {
        "Stiamo lavorando al nostro database.",
        "Stiamo installando una nuova versione del negozio.",
        "C’è un problema con i pagamenti, perciò al momento "
        "non accettiamo ordini.",
        "Sono arrivati più visitatori di quanti possiamo servirne "
        "insieme, perciò abbiamo chiuso per un momento.",
        "Abbiamo chiuso il negozio mentre risolviamo un problema "
        "di sicurezza." } },

    { "ja", {
        "データベースの作業をしています。",
        "ショップの新しいバージョンを導入しています。",
        "お支払いに問題が発生しているため、現在ご注文を受け付けておりません。",
        "同時に対応できる数を超えるお客様がいらしたため、しばらく閉店しています。",
        "セキュリティ上の問題に対応する間、ショップを閉じています。" } },

    { "ko", {
        "데이터베이스 작업을 하고 있습니다.",
        "쇼핑몰의 새 버전을 설치하고 있습니다.",
        "결제에 문제가 있어 지금은 주문을 받지 않습니다.",
        "한 번에 응대할 수 있는 것보다 많은 분이 방문하셔서 잠시 닫았습니다.",
        "보안 문제를 처리하는 동안 쇼핑몰을 닫았습니다." } },

    { "lt", {
        "Tvarkome savo duomenų bazę.",
        "Diegiame naują parduotuvės versiją.",
        "Kilo problema su mokėjimais, todėl šiuo metu užsakymų "
        "nepriimame.",
        "Lankytojų atėjo daugiau, nei galime aptarnauti vienu "
        "metu, todėl trumpam užsidarėme.",
        "Uždarėme parduotuvę, kol sprendžiame saugumo problemą." } },

    { "lv", {
        "Mēs strādājam pie savas datubāzes.",
        "Mēs instalējam jaunu veikala versiju.",
        "Ir problēma ar maksājumiem, tāpēc pašlaik nepieņemam "
        "pasūtījumus.",
        "Apmeklētāju ir vairāk, nekā varam vienlaikus apkalpot, "
        "tāpēc uz brīdi esam slēgti.",
        "Mēs esam slēguši veikalu, kamēr novēršam drošības "
        "problēmu." } },

    { "mt", {
        "Qed naħdmu fuq id-database tagħna.",
        "Qed ninstallaw verżjoni ġdida tal-ħanut.",
        "Hemm problema bil-pagamenti, għalhekk bħalissa mhux "
        "qed nieħdu ordnijiet.",
        "Ġew aktar viżitaturi milli nistgħu naqdu f’daqqa, "
        "għalhekk għalaqna għal ftit.",
        "Għalaqna l-ħanut waqt li nsolvu problema ta’ sigurtà." } },

    { "nl", {
        "We werken aan onze database.",
        "We installeren een nieuwe versie van de winkel.",
        "Er is een probleem met betalingen, daarom nemen we "
        "nu geen bestellingen aan.",
        "Er kwamen meer bezoekers dan we tegelijk kunnen bedienen, "
        "daarom zijn we even gesloten.",
        "We hebben de winkel gesloten terwijl we een beveiligingsprobleem "
        "oplossen." } },

    { "no", {
        "Vi arbeider med databasen vår.",
        "Vi installerer en ny versjon av butikken.",
        "Det er et problem med betalinger, så vi tar ikke "
        "imot bestillinger akkurat nå.",
        "Det kom flere besøkende enn vi kan betjene samtidig, "
        "så vi har stengt et øyeblikk.",
        "Vi har stengt butikken mens vi løser et sikkerhetsproblem." } },

    { "pl", {
        "Pracujemy nad naszą bazą danych.",
        "Instalujemy nową wersję sklepu.",
        "Wystąpił problem z płatnościami, dlatego teraz nie "
        "przyjmujemy zamówień.",
        "Przyszło więcej osób, niż możemy obsłużyć naraz, "
        "dlatego na chwilę zamknęliśmy sklep.",
        "Zamknęliśmy sklep na czas rozwiązywania problemu "
        "z bezpieczeństwem." } },

    { "pt-BR", {
        "Estamos trabalhando em nosso banco de dados.",
        "Estamos instalando uma nova versão da loja.",
        "Há um problema com os pagamentos, por isso não estamos "
        "aceitando pedidos agora.",
        "Chegaram mais visitantes do que podemos atender ao "
        "mesmo tempo, por isso fechamos por um momento.",
        "Fechamos a loja enquanto resolvemos um problema de "
        "segurança." } },

    { "pt-PT", {
        "Estamos a trabalhar na nossa base de dados.",
        "Estamos a instalar uma nova versão da loja.",
        "Há um problema com os pagamentos, por isso não aceitamos "
        "encomendas neste momento.",
        "Chegaram mais visitantes do que conseguimos atender "
        "ao mesmo tempo, por isso fechámos por um momento.",
        "Fechámos a loja enquanto resolvemos um problema de "
        "segurança." } },

    { "ro", {
        "Lucrăm la baza noastră de date.",
        "Instalăm o versiune nouă a magazinului.",
        "Există o problemă cu plățile, de aceea nu primim "
        "comenzi acum.",
        "Au venit mai mulți vizitatori decât putem servi deodată, "
        "de aceea am închis pentru puțin timp.",
        "Am închis magazinul cât timp rezolvăm o problemă "
        "de securitate." } },

    { "ru", {
        "Мы работаем с нашей базой данных.",
        "Мы устанавливаем новую версию магазина.",
        "Возникла проблема с платежами, поэтому сейчас мы "
        "не принимаем заказы.",
        "Посетителей больше, чем мы можем обслужить одновременно, "
        "поэтому мы ненадолго закрылись.",
        "Мы закрыли магазин, пока решаем проблему безопасности." } },

    { "sk", {
        "Pracujeme na našej databáze.",
        "Inštalujeme novú verziu obchodu.",
        "Nastal problém s platbami, preto teraz neprijímame "
        "objednávky.",
        "Prišlo viac návštevníkov, než dokážeme naraz obslúžiť, "
        "preto sme na chvíľu zatvorili.",
        "Zatvorili sme obchod, kým vyriešime bezpečnostný "
        "problém." } },

    { "sl", {
        "Delamo na naši podatkovni zbirki.",
        "Nameščamo novo različico trgovine.",
        "Prišlo je do težave s plačili, zato trenutno ne sprejemamo "
        "naročil.",
        "Prišlo je več obiskovalcev, kot jih lahko postrežemo "
        "hkrati, zato smo za trenutek zaprli.",
        "Trgovino smo zaprli, dokler ne odpravimo varnostne "
        "težave." } },

    { "sv", {
        "Vi arbetar med vår databas.",
        "Vi installerar en ny version av butiken.",
        "Det är problem med betalningar, så vi tar inte emot "
        "beställningar just nu.",
        "Det kom fler besökare än vi kan betjäna samtidigt, "
        "så vi har stängt en stund.",
        "Vi har stängt butiken medan vi åtgärdar ett säkerhetsproblem." } },

    { "th", {
        "เรากำลังดำเนินการกับฐานข้อมูลของเรา",
        "เรากำลังติดตั้งร้านค้าเวอร์ชันใหม่",
        "มีปัญหาเรื่องการชำระเงิน ขณะนี้เราจึงไม่รับคำสั่งซื้อ",
        "มีผู้เข้าชมมากกว่าที่เราจะให้บริการพร้อมกันได้ เราจึงปิดร้านชั่วครู่",
        "เราปิดร้านระหว่างแก้ไขปัญหาด้านความปลอดภัย" } },

    { "tr", {
        "Veritabanımız üzerinde çalışıyoruz.",
        "Mağazanın yeni bir sürümünü kuruyoruz.",
        "Ödemelerde bir sorun var, bu yüzden şu anda sipariş "
        "almıyoruz.",
        "Aynı anda hizmet verebileceğimizden fazla ziyaretçi "
        "geldi, bu yüzden kısa bir süre kapattık.",
        "Bir güvenlik sorununu çözerken mağazayı kapattık." } },

    { "uk", {
        "Ми працюємо з нашою базою даних.",
        "Ми встановлюємо нову версію магазину.",
        "Виникла проблема з платежами, тому зараз ми не приймаємо "
        "замовлень.",
        "Відвідувачів більше, ніж ми можемо обслужити одночасно, "
        "тому ми ненадовго зачинилися.",
        "Ми зачинили магазин, поки вирішуємо проблему безпеки." } },

    { "vi", {
        "Chúng tôi đang xử lý cơ sở dữ liệu của mình.",
        "Chúng tôi đang cài đặt phiên bản mới của cửa hàng.",
        "Có sự cố với thanh toán, vì vậy hiện giờ chúng tôi "
        "không nhận đơn hàng.",
        "Số khách truy cập nhiều hơn mức chúng tôi có thể "
        "phục vụ cùng lúc, vì vậy chúng tôi tạm đóng cửa một "
        "lát.",
        "Chúng tôi đã đóng cửa hàng trong khi xử lý một vấn "
        "đề bảo mật." } },

    { "zh-Hans", {
        "我们正在处理我们的数据库。",
        "我们正在安装商店的新版本。",
        "付款出现问题，因此我们目前不接受订单。",
        "访客数量超出我们同时能服务的上限，因此我们暂时关闭。",
        "我们正在处理一个安全问题，因此暂时关闭了商店。" } },

    { "zh-Hant", {
        "我們正在處理我們的資料庫。",
        "我們正在安裝商店的新版本。",
        "付款出現問題，因此我們目前不接受訂單。",
        "訪客數量超出我們同時能服務的上限，因此我們暫時關閉。",
        "我們正在處理一個安全問題，因此暫時關閉了商店。" } }
};


static const char  *ngx_shop_stock_names[NGX_SHOP_STOCK_N] = {
    "database", "deploy", "payment", "overload", "security"
};


int
ngx_shop_stock_find(const char *name)
{
    int  i;

    for (i = 0; i < NGX_SHOP_STOCK_N; i++) {
        if (strcmp(ngx_shop_stock_names[i], name) == 0) {
            return i;
        }
    }

    return -1;
}


/* English is the text without a language, too: for readers of any other */

void
ngx_shop_stock_lines(ngx_shop_emit_t *e, int template)
{
    unsigned     i;
    const char  *lang;

    for (i = 0; i < sizeof(ngx_shop_stock_texts)
                    / sizeof(ngx_shop_stock_texts[0]); i++)
    {
        lang = ngx_shop_stock_texts[i].lang;

        ngx_shop_emit_text(e, "status");

        if (strcmp(lang, "en") != 0) {
            ngx_shop_emit_text(e, ".");
            ngx_shop_emit_text(e, lang);
        }

        ngx_shop_emit_text(e, ": ");
        ngx_shop_emit_text(e, ngx_shop_stock_texts[i].text[template]);
        ngx_shop_emit_text(e, "\n");
    }
}
