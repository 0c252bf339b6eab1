extension CommonBases {
    /// English words.
    static let englishWords = """
        password passwords passwort passw passwd pass passpass mypassword thepassword passphrase
        passcode welcome welcomeback hello helloworld letmein letmeinnow iloveyou ilovey iloveu ily
        love lovely lover loveme sunshine moonlight princess queen king master boss monkey dragon
        tiger eagle falcon wolf bear panda kitty kitten puppy bunny butterfly unicorn phoenix
        shadow ghost ninja samurai warrior hunter ranger knight wizard angel devil heaven hell
        flower lily daisy summer winter spring autumn january february march april may june july
        august september october november december monday tuesday wednesday thursday friday
        saturday sunday freedom whatever nothing something secrets topsecret private default
        changeme changeit change trustno1 trustme access computer laptop keyboard mouse monitor
        windows linux ubuntu soccer baseball basketball hockey tennis golf chocolate cookie cookies
        cheese banana apple cherry strawberry pepper ginger vanilla coffee silver golden diamond
        crystal purple yellow black white green blue red fuckyou fuckoff fuckme asshole bitch
        bastard bullshit babygirl babyboy baby sweet sweety sweetheart honey sexy cool cooldude
        superstar rockstar lucky happy smile money dollar million test testing tester testtest demo
        sample example temp temporary newpassword oldpassword qwertyazerty mustang ferrari porsche
        mercedes corvette harley yamaha honda chevy jordan cat dog dogs cats puppies kittycat doggy
        doggie fish fishing horse horses pony tigger rabbit rabbits turtle dolphin dolphins penguin
        shark whale snake lizard spider scorpion cobra viper python panther jaguar cheetah leopard
        cougar bulldog beagle poodle terrier husky rottweiler labrador pitbull hamster parrot robin
        sparrow hawk raven crow swan duck ducks turkey chicken rooster piggy cow sheep goat donkey
        mule giraffe zebra gorilla chimp koala kangaroo monkeys bees bee ladybug firefly dragonfly
        cricket beetle peach peaches pear plum grape grapes watermelon lemon lime mango papaya
        coconut pineapple blueberry raspberry blackberry pumpkin potato tomato carrot onion garlic
        mushroom bacon burger hamburger hotdog sandwich pasta noodle noodles sushi taco tacos
        burrito cheeseburger pancake pancakes waffle muffin cupcake brownie donut doughnut candy
        candies sugar sugarplum syrup butter milk cream icecream pudding jelly peanut popcorn
        pretzel snickers skittles oreo cocacola coke pepsi sprite whiskey wine beer rum tequila
        guinness heineken budweiser corona smirnoff ilove iloveme ilovehim iloveher ilovemom
        ilovedad ilovegod ilovejesus ilovemyself imissyou lovelove loveyou loveu lovebug loveable
        lovers loverboy lovergirl truelove mylove mybaby myangel myheart mylife myself mine forever
        foreverlove always alwaysandforever together family families mommy mummy daddy mother
        father sister brother son daughter grandma grandpa nana auntie uncle cousin friend friends
        bestfriend bestfriends bff wife husband girlfriend boyfriend soulmate heart hearts
        heartbreaker kiss kisses kissme hug hugs cuddle babydoll babyface babycakes babes babe
        beautiful gorgeous pretty prettygirl cutie cutiepie cute sweetie sweetpea sweetness
        sugarbaby hottie hotstuff sexygirl sexyboy sexything sexyback jesus jesuschrist
        jesuslovesme god godisgood godislove godbless blessed blessing faith hope grace mercy peace
        glory heavenly holyspirit church christ christian bible gospel prayer amen trinity gabriel
        hallelujah savior lord buddha allah bismillah muhammad krishna shiva sun moon star stars
        starlight stardust starfish galaxy universe cosmic space rocket planet earth venus saturn
        jupiter neptune pluto rainbow rainbows cloud clouds sky skyline sunset sunrise sunny storm
        thunder lightning hurricane tornado blizzard snow snowball snowflake snowman ice iceman
        fire fireball fireman flame inferno lava volcano river lake water beach island paradise
        mountain forest jungle desert meadow garden flowers roses orchid tulip violet sunflower
        buttercup blossom willow maple magic magician merlin warlock witch dragons dragonfire
        knights darkknight darkness darkangel darkside demons werewolf zombie monster beast skull
        reaper assassin killer hitman sniper soldier marine army navy airforce military commando
        gunner trooper pirates viking vikings spartan gladiator titan hercules zeus apollo athena
        odin thor loki excalibur legend legends hero heroes champion champions winner victory
        success power powerful strong strength energy ultimate supreme infinity eternal destiny
        karma dream dreams dreamer believe imagine miracle wonder wonderful amazing awesome
        fantastic perfect excellent brilliant genius smart clever crazy funny happiness joyful
        smiles smiley laugh laughter party dance dancer dancing music musical guitar1 drummer drums
        bass singer rock rocknroll metal heavymetal punk hiphop rapper jazz blues reggae techno
        disco pink pinky gold goldie blackcat blackjack blackbird bluebird bluesky redrose redred
        greenday greenapple whitewolf pinkfloyd moneymaker cash dollars bigmoney rich millionaire
        billionaire business company work worker bigboss director doctor nurse teacher student
        school university science math history english spanish french german openup opensesame
        opendoor unlock enter entry enterpass accessdenied passport passkey passwordpassword
        pa55word mypass userpass loginpass newpass newuser testuser testpass pleasechange resetme
        nopassword nopass none null void blank empty unknown undefined abc123 abcabc abcd1234
        aabbcc a1b2c3 a1b2c3d4 xyz123 helloo hellohello hellokitty hithere howdy goodbye
        goodmorning goodnight goodluck thankyou thanks please sorry wassup whatsup nevermind noway
        okay yes yesyes yesno maybe printer router modem network wireless wifi wifiwifi firewall
        hacker hackers hacked hackme security secure secured privacy terminal console program
        programmer developer software hardware nokia motorola sony dell lenovo toshiba fall season
        seasons christmas xmas santa santaclaus easter birthday happybirthday newyear thanksgiving
        valentine holiday holidays vacation tgif midnight morning evening
        """
}
