extension CommonBases {
    /// Films, games, music, clubs, cars and brands.
    static let culture = """
        superman batman spiderman ironman pokemon pikachu naruto sasuke dragonball goku onepiece
        zelda mario luigi minecraft fortnite starwars skywalker vader yoda matrix avatar hobbit
        gandalf frodo harrypotter hogwarts hermione asterix astérix obelix obélix idefix idéfix
        tintin milou schtroumpf doraemon metallica nirvana slipknot eminem rihanna beyonce shakira
        johnny zidane zizou mbappe mbappé ronaldo messi neymar psg parissg parissaintgermain om
        olympiquedemarseille allezlom allezparis asse girondins barcelona barcelone realmadrid
        juventus arsenal chelsea liverpool manchester manutd lakers yankees steelers cowboys google
        facebook instagram youtube twitter linkedin amazon netflix samsung iphone android microsoft
        wonderwoman catwoman supergirl aquaman flash greenlantern wolverine xmen deadpool hulk
        avengers captainamerica blackpanther blackwidow antman thanos groot starlord venom joker
        harleyquinn robinhood zorro jamesbond bond007 terminator rambo indianajones jurassic
        jurassicpark godzilla kingkong titanic inception interstellar braveheart neo morpheus
        darthvader anakin obiwan chewbacca hansolo leia lukeskywalker jedi sith r2d2 c3po
        stormtrooper mandalorian startrek spock kirk enterprise picard drwho tardis daenerys
        khaleesi jonsnow winteriscoming gameofthrones stark lannister targaryen tyrion arya
        walkingdead breakingbad heisenberg simpsons homer homersimpson bart bartsimpson southpark
        cartman futurama familyguy rickandmorty spongebob dora barbie bratz mylittlepony charizard
        dracaufeu bulbizarre salameche carapuce mewtwo eevee evoli uchiha kakashi itachi hinata
        luffy zoro sanji nami chopper vegeta gohan piccolo songoku sangoku dbz dragonballz bleach
        ichigo deathnote fullmetal saintseiya sailormoon totoro ghibli nausicaa akira evangelion
        conan mickey mickeymouse minnie donaldduck daisyduck goofy dingo bambi dumbo simba nala
        lionking roilion timon pumbaa hakunamatata aladdin ariel cinderella cendrillon blancheneige
        raiponce mulan pocahontas frozen reinedesneiges libereedelivree olaf nemo dory buzz woody
        toystory shrek fiona peterpan clochette tinkerbell winnie winniethepooh bourriquet tigrou
        porcinet babar petitprince lepetitprince gaston gastonlagaffe spirou fantasio luckyluke
        rantanplan titeuf lapinou marsupilami haddock dupond oumpapah panoramix abraracourcix boule
        bouleetbill cubitus smurf smurfs schtroumpfs link linkzelda supermario yoshi bowser kirby
        sonic tetris pacman crash crashbandicoot tombraider laracroft halo masterchief gears
        callofduty battlefield counterstrike csgo dota leagueoflegends lol123 teemo worldofwarcraft
        warcraft wow123 starcraft diablo overwatch apex valorant roblox creeper terraria skyrim
        oblivion fallout witcher geralt assassinscreed ezio farcry grandtheftauto gta gtav sims
        thesims fifa pes playstation ps4 ps5 xbox nintendo switch wii gameboy gamer gaming player
        noob pro progamer beatles lennon mccartney freddie mercury rollingstones ledzeppelin acdc
        ironmaiden kurtcobain radiohead coldplay oasis blur muse depechemode thecure thedoors
        gunsnroses linkinpark limpbizkit korn rammstein marilynmanson evanescence paramore blink182
        redhot redhotchilipeppers slimshady tupac 2pac biggie 50cent jayz kanye drake snoopdogg
        lilwayne britney britneyspears madonna michaeljackson thriller elvis elvispresley bobmarley
        marley justinbieber bieber onedirection directioner ladygaga katyperry taylorswift swiftie
        arianagrande bts blackpink exo bigbang johnnyhallyday hallyday goldman jjgoldman balavoine
        brel brassens piaf aznavour gainsbourg mylene mylenefarmer farmer indochine telephone
        noirdesir iam booba pnl jul ninho gims maitregims stromae angele soprano orelsan nekfeu
        diams daftpunk icicestparis parisestmagique droitaubut allezom ol69 lyonol verts
        allezlesverts losc fcnantes monaco asmonaco rennais srfc rclens lens62 sangetor
        stadedereims ogcnice nice06 stadetoulousain asm asmclermont rct racing92 usap castres
        fcbarcelona barca visca halamadrid atletico atleticomadrid sevilla valencia juve acmilan
        inter intermilan roma asroma napoli lazio bayern bayernmunich dortmund borussia schalke
        ajax psv feyenoord benfica sporting fcporto celtic rangers1 manu manchesterunited mancity
        manchestercity ynwa youllneverwalkalone everton gunners tottenham spurs westham newcastle
        leeds astonvilla blackburn sunderland bocajuniors riverplate flamengo corinthians
        galatasaray fenerbahce besiktas cr7 cristiano cristianoronaldo ronaldinho maradona pele
        platini cantona ibrahimovic zlatan griezmann pogba benzema giroud kante lloris beckham
        rooney gerrard lampard redsox mets dodgers giants cubs cardinals braves tigers lions bears
        packers patriots eagles raiders broncos chargers ravens bulls celtics heat warriors knicks
        rockets kobe lebron michaeljordan23 shaq curry penguins bruins redwings blackhawks canucks
        canadiens habs oilers flames senators federer nadal djokovic renault peugeot citroen
        citroën clio twingo megane scenic kangoo dacia duster 206 bmw audi volkswagen polo toyota
        nissan mazda subaru suzuki kawasaki ducati triumph vespa ford fordmustang chevrolet camaro
        dodge lamborghini bugatti maserati bentley tesla lexus hyundai kia volvo fiat alfaromeo
        skoda opel mini minicooper jeep landrover tiktok snapchat whatsapp discord twitch spotify
        deezer ebay paypal leboncoin disney sfr bouygues freebox livebox bbox carrefour leclerc
        auchan lidl decathlon nike adidas puma lacoste gucci chanel dior vuitton louisvuitton
        hermes
        """
}
