/// The bases of common passwords, written for this project by theme: what people in France and
/// elsewhere put in front of `123!`. In lower case, between spaces; the themes are only for reading.
///
/// Keyboard walks are here, plain runs of the alphabet are not: as a walk `abcdef` says nothing about
/// how a password was chosen, and many good passwords begin so.
package enum CommonBases {
    package static let all: [String] = [keyboards, frenchWords, englishWords, names, culture, service]
        .flatMap { $0.split(whereSeparator: \.isWhitespace).map(String.init) }

    /// AZERTY, QWERTY, QWERTZ and BÉPO rows, columns and spirals; digit rows and pads.
    private static let keyboards = #"""
        azerty azertyu azertyui azertyuio azertyuiop azert zerty zertyuiop ytreza poiuytreza
        qsdf qsdfg qsdfgh qsdfghj qsdfghjk qsdfghjkl qsdfghjklm mlkjhgfdsq wxcv wxcvb wxcvbn nbvcxw
        azeqsd azeqsdwxc aqwzsx aqwzsxedc aqzsed azqswx aqw1zsx2 1aqw2zsx 1aqwxsz2 a1z2e3r4
        a1z2e3r4t5 1a2z3e4r 1a2z3e4r5t azer1234 azerty12345 qsdfwxcv wxcqsd
        &é"'(-è &é"'(-è_ &é"'(-è_çà éèçà bépo bépoè auie auietsrn
        qwerty qwertyu qwertyui qwertyuio qwertyuiop qwert wertyuiop ytrewq poiuytrewq poiuyt
        asdf asdfg asdfgh asdfghj asdfghjk asdfghjkl lkjhgfdsa lkjhgf fdsa zxcv zxcvb zxcvbn zxcvbnm
        mnbvcxz asdfzxcv qweasd qweasdzxc qazwsx qazwsxedc qazxsw wsxedc edcrfv 1qaz2wsx 1qazxsw2
        1qaz2wsx3edc zaq12wsx zaq1xsw2 q1w2e3r4 q1w2e3r4t5 1q2w3e 1q2w3e4r 1q2w3e4r5t qwer1234
        asdf1234 q2w3e4r5 qwertz qwertzui qwertzuiop yxcvbn yxcvbnm 1qay2wsx
        !@#$%^&* !@#$%^ !@#$%^&*()
        000000 0000000 00000000 111111 1111111 11111111 1111111111 222222 333333 444444 555555
        666666 777777 7777777 888888 88888888 999999 121212 123123 123123123 112233 11223344
        1122334455 123321 12344321 102030 10203040 101010 131313 147147 147258 147258369 159357
        159753 159951 258456 357951 741852 741852963 753951 789456 789456123 963852741 12345 123456
        1234567 12345678 123456789 1234567890 12345678910 0123456789 012345 01234567 54321 654321
        7654321 87654321 987654321 0987654321 9876543210 696969 420420 313131 232323 456789 456123
        """#

    private static let frenchWords = """
        motdepasse mdp monmotdepasse motpasse passe lemotdepasse bonjour bonsoir salut coucou merci
        bienvenue soleil lune etoile étoile amour monamour jetaime jtm doudou loulou chouchou chaton
        minou minouche loulette louloute choupette choupinette cheri chéri cherie chérie mamour
        poupette poupee poupée princesse prince coeur cœur bisou bisous bisounours calin câlin nounours
        chocolat caramel vanille framboise fraise cerise banane pomme citron orange croissant fromage
        camembert baguette biere bière pastis champagne tartine nutella saucisson raclette
        maison voiture jardin famille enfant maman papa mamie papy tonton tata bebe bébé frere soeur
        chien chat cheval lapin souris lion tigre loup ours dauphin papillon licorne grenouille
        liberte liberté égalité egalite fraternite fraternité france paris marseille lyon bordeaux
        toulouse nantes lille strasbourg bretagne bzh corse normandie alsace provence martinique
        guadeloupe reunion réunion quebec québec montreal montréal belgique bruxelles suisse geneve
        janvier fevrier février mars avril mai juin juillet aout août septembre octobre novembre
        decembre décembre lundi mardi mercredi jeudi vendredi samedi dimanche printemps ete été automne
        hiver noel noël vacances secret secrete bonheur espoir musique guitare football toto titi tata1
        tutu momo lolo nono jojo zozo toto1234 connard connasse merde putain salope encule enculé
        entreprise societe société bureau ordinateur clavier internet ouvretoi sesame sésame
        sesameouvretoi azertyqsdf jesuis cestmoi moimeme personne rien aucun inconnu changemoi
        """

    private static let englishWords = """
        password passwords passwort password1 passw passwd pass passpass mypassword thepassword
        passphrase passcode welcome welcomeback hello helloworld letmein letmeinnow iloveyou ilovey
        iloveu ily love lovely lover loveme sunshine moonlight princess queen king master boss
        monkey dragon tiger eagle falcon wolf bear panda kitty kitten puppy bunny butterfly
        unicorn phoenix shadow ghost ninja samurai warrior hunter ranger knight wizard angel devil
        heaven hell flower rose lily daisy summer winter spring autumn january february march april
        may june july august september october november december monday tuesday wednesday thursday
        friday saturday sunday freedom whatever nothing something secrets topsecret private
        default changeme changeit change trustno1 trustme access computer laptop keyboard
        mouse monitor windows linux ubuntu soccer baseball basketball hockey tennis golf
        chocolate cookie cookies cheese banana apple cherry strawberry pepper ginger vanilla
        coffee silver golden diamond crystal purple yellow black white green blue red fuckyou fuckoff
        fuckme asshole bitch bastard bullshit babygirl babyboy baby sweet sweety sweetheart honey
        sexy cool cooldude superstar rockstar lucky happy smile money dollar million test testing
        tester testtest test1234 demo sample example temp temporary newpassword oldpassword
        qwertyazerty mustang ferrari porsche mercedes corvette harley yamaha honda chevy jordan
        """

    private static let names = """
        nicolas thomas julien alexandre antoine maxime guillaume romain benjamin florian quentin kevin
        mathieu matthieu clement clément sebastien sébastien olivier philippe stephane stéphane
        laurent frederic frédéric vincent pierre jerome jérôme camille marie julie sophie celine céline
        aurelie aurélie emilie émilie caroline isabelle nathalie sandrine virginie charlotte manon
        pauline mathilde clara emma louise jade chloe chloé sarah laura marine oceane océane melanie
        mélanie valerie valérie veronique véronique catherine christine martine michel gerard gérard
        michael jessica ashley daniel andrew joshua matthew robert michelle jennifer charlie william
        anthony amanda nicole samantha hannah george oliver thomas1 jordan23 maggie buster bailey
        """

    private static let culture = """
        superman batman spiderman ironman pokemon pikachu naruto sasuke dragonball goku onepiece zelda
        mario luigi minecraft fortnite starwars skywalker vader yoda matrix avatar hobbit gandalf
        frodo harrypotter hogwarts hermione asterix astérix obelix obélix idefix idéfix tintin milou
        schtroumpf doraemon metallica nirvana slipknot eminem rihanna beyonce shakira johnny
        zidane zizou mbappe mbappé ronaldo messi neymar psg parissg parissaintgermain om
        olympiquedemarseille allezlom allezparis asse girondins barcelona barcelone realmadrid juventus
        arsenal chelsea liverpool manchester manutd lakers yankees steelers cowboys google facebook
        instagram youtube twitter linkedin amazon netflix samsung iphone android microsoft apple123
        """

    private static let service = """
        admin administrator administrateur adminadmin root toor rootroot superuser sysadmin system
        user username utilisateur guest invite invité visitor operator manager support service login
        connexion motdepasseadmin oracle mysql postgres cisco raspberry vagrant docker server serveur
        database backup public anonymous office compte account client
        """
}
