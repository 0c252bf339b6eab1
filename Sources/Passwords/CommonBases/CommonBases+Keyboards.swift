extension CommonBases {
    /// Walks and repetitions on AZERTY, QWERTY, QWERTZ and BÉPO keyboards and on number pads.
    static let keyboards = #"""
        azerty azertyu azertyui azertyuio azertyuiop azert zerty zertyuiop ytreza poiuytreza qsdf
        qsdfg qsdfgh qsdfghj qsdfghjk qsdfghjkl qsdfghjklm mlkjhgfdsq wxcv wxcvb wxcvbn nbvcxw
        azeqsd azeqsdwxc aqwzsx aqwzsxedc aqzsed azqswx aqw1zsx2 1aqw2zsx a1z2e3r4 a1z2e3r4t5
        1a2z3e4r 1a2z3e4r5t azer1234 qsdfwxcv wxcqsd &é"'(-è &é"'(-è_ &é"'(-è_çà éèçà bépo bépoè
        auie auietsrn qwerty qwertyu qwertyui qwertyuio qwertyuiop qwert wertyuiop ytrewq
        poiuytrewq poiuyt asdf asdfg asdfgh asdfghj asdfghjk asdfghjkl lkjhgfdsa lkjhgf fdsa zxcv
        zxcvb zxcvbn zxcvbnm mnbvcxz asdfzxcv qweasd qweasdzxc qazwsx qazwsxedc qazxsw wsxedc
        edcrfv 1qaz2wsx 1qaz2wsx3edc zaq12wsx zaq1xsw2 q1w2e3r4 q1w2e3r4t5 1q2w3e 1q2w3e4r
        1q2w3e4r5t qwer1234 q2w3e4r5 qwertz qwertzui qwertzuiop yxcvbn yxcvbnm 1qay2wsx !@#$%^&*
        !@#$%^ !@#$%^&*() 000000 0000000 00000000 111111 1111111 11111111 1111111111 222222 333333
        444444 555555 666666 777777 7777777 888888 88888888 999999 121212 123123 123123123 112233
        11223344 1122334455 123321 12344321 102030 10203040 101010 131313 147147 147258 147258369
        159357 159753 159951 258456 357951 741852 741852963 753951 789456 789456123 963852741 12345
        123456 1234567 12345678 123456789 1234567890 12345678910 0123456789 012345 01234567 54321
        654321 7654321 87654321 987654321 0987654321 9876543210 696969 420420 313131 232323 456789
        456123 azertqsdfg azertgfdsq qsdfazer azerqsdf wxcvqsdf wxcvbnqsdfgh azertyuiopqsdfghjklm
        aze qsd wxc azeaze azerazer azertazert azertyazerty qsdqsd qsdfqsdf wxcwxc wxcvwxcv poiuytr
        mlkjhg mlkjhgf mlkj poiu lkjh hgfdsq hgfd trez treza nbvc nbvcx bvcxw azerfv azedcxsw
        azsxdc zsxedc edcrfvtgb rfvtgb tgbyhn yhnujm qsdfghjklm%ù azertyqwerty qwertyqsdf
        qsdfghazerty aqwxsz aqwzsxedcrfv aqwaqw qwe asd zxc qweqwe qwerqwer qwertyqwerty asdasd
        asdfasdf asdasdasd qweqweqwe zxczxc zxcvzxcv qazqaz qazwsxedcrfv qazedctgb wsxqaz plokij
        okmijn ijnuhb uhbygv tfcrdx poilkj mnbvcx mnbvc mnbv bvcxz trewq rewq gfdsa hgfdsa jhgfdsa
        kjhgfdsa oiuytrewq iuytrewq ytrewqhgfdsa asdfqwer qwerasdf qwerasdfzxcv asdfgqwert
        zxcvbnasdfgh zxcvasdf qwertyasdfgh qwertyuiopasdfghjkl yxcv asdfyxcv 1q2w 1q2w3e4r5t6y q1w2
        q1w2e3 a1z2 a1z2e3 1a2z3e 1a2z3e4r5t6y w1x2c3 1qaz 2wsx 1qaz2wsx3edc4rfv 2wsx3edc 3edc4rfv
        4rfv5tgb !qaz2wsx !qaz@wsx zaq1 xsw2 zaq1zaq1 1qaz1qaz 1qaz!qaz qaz123 wsx123 q1q1q1q1
        qqqqqq aaaaaa aaaaaaaa aaaa zzzzzz zzzz wwwwww xxxxxx xxxx ssssss dddddd qqqq eeeeee tttttt
        pppppp mmmmmm lllllll !!!!!! ****** ******** ...... ------ ++++++ 0000 1111 2222 3333 4444
        5555 6666 7777 8888 9999 22222222 33333333 44444444 55555555 66666666 77777777 99999999
        12341234 1234123412 12121212 1212 2121 212121 1313 131415 135790 13579 1357924680 135792468
        2468 24680 246810 24681012 9876 98765 4321 43210 0123 01234 0147258369 147852 147852369
        159263 159632 258369 369258 369258147 321321 321654 321654987 654987 789789 741963
        963258741 951753 852456 456852 741741 147147147 159159 789123 123789 123654 123654789
        1236987 123698745 147896325 1478963 14789632 789632145 456321 1230 12301230 123000 111222
        111222333 112211 110110 001122 010101 01010101 020202 030303 100000 100200 10011001 101101
        200000 212223 222333 246246 252525 262626 272727 282828 292929 303030 343434 353535 363636
        414141 424242 434343 444555 454545 464646 474747 505050 515151 525252 535353 555666 565656
        575757 585858 595959 606060 616161 626262 636363 646464 656565 666999 676767 686868 707070
        717171 727272 737373 747474 757575 767676 777888 787878 797979 808080 818181 828282 838383
        848484 858585 868686 878787 888999 898989 909090 919191 929292 939393 949494 959595 969696
        979797 989898 999000 314159 31415926 271828 161803 112358 1123581321 007007 911911 420247
        13371337 1337 8675309
        """#
}
