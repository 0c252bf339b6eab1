extension CommonBases {
    /// First names, frequent family names, and what animals are called.
    static let names = """
        nicolas thomas julien alexandre antoine maxime guillaume romain benjamin florian quentin
        kevin mathieu matthieu clement clément sebastien sébastien olivier philippe stephane
        stéphane laurent frederic frédéric vincent pierre jerome jérôme camille marie julie sophie
        celine céline aurelie aurélie emilie émilie caroline isabelle nathalie sandrine virginie
        charlotte manon pauline mathilde clara emma louise jade chloe chloé sarah laura oceane
        océane melanie mélanie valerie valérie veronique véronique catherine christine martine
        michel gerard gérard michael jessica ashley daniel andrew joshua matthew robert michelle
        jennifer charlie william anthony amanda nicole samantha hannah george oliver maggie buster
        bailey adam adrien alain alban albert alexis alex alexandra alexander alice alicia aline
        amelie amélie ana anais anaïs andre andré andrea angela angelina angelique angélique anna
        anne annie anissa antonio arnaud arthur audrey axel aya aymeric baptiste barbara bastien
        beatrice béatrice benoit benoît bernard bertrand brandon brian brigitte bruno bryan carla
        carlos carole carol cecile cécile cedric cédric charles charlene charlène chantal
        christelle christina christophe christopher claire claude claudia claudine corentin corinne
        coralie cyril damien dan dave david debora deborah denis diana diane diego dominique donald
        donna dylan eddy edouard édouard edward elena eleonore elias elisa elise élise elizabeth
        ella elodie élodie elsa emilia emily emmanuel emmanuelle enzo eric éric erwan estelle
        esther ethan etienne étienne eugenie eva evan eve fabien fabienne fabrice fanny fatima
        felix félix fernando flavie florence francis francisco francois françois francoise
        françoise frank franck fred gabin gabrielle gael gaël gaelle gaëlle gaetan gaëtan genevieve
        geneviève georges geoffrey ghislaine gilbert gilles gisele giuseppe gregory grégory guy
        gustave hamza harry heather hector helene hélène henri henry herve hervé hugo ibrahim ines
        inès irene irène iris isaac ivan jack jackson jacob jacqueline jacques jake james jamie
        jane janine jasmine jason jean jeanclaude jeanluc jeanmarc jeanmarie jeanmichel jeanne
        jeannine jeanpaul jeanphilippe jeanpierre jeanyves jeff jenny jeremy jérémy jessie jim
        jimmy joanna joel joël joe john johnson jonathan jordane jorge jose josé joseph josephine
        joséphine josiane juan jude julia julian juliette justin justine karen karim karine karl
        kate katherine kathleen kelly ken kenneth kenza kim kyle laetitia laëtitia larry laure
        laurence laurie lea léa leila lena léna leo léo leon léon leonie léonie liam lilian liliane
        lina linda lisa loic loïc lola lorenzo louis louisa louna luc lucas lucie lucien lucy
        ludivine ludovic luis luisa luna lydia lydie mael maël maeva maëva magali marc marcel
        marcelle marco marcus margaret margaux margot maria marianne mariano marieclaire mariam
        marilyn marion marlene marlène mark martha martin marvin mary mathias mathis mathys matt
        matteo maud maurice max maxence maya megan mehdi mélissa melissa mia michaela mickael
        mickaël miguel mike mila milan mireille mohamed mohammed monica monique morgan morgane
        mouloud mustapha myriam nadege nadège nadia nadine naomi natacha natalia natalie nathan
        nathanael nelly nick nina noah noe noé noemie noémie nora norbert nour odile omar oscar
        owen pablo pamela paola pascal pascale patrice patricia patrick paul paula paulette pedro
        perrine peter phil philip pierrick rachel rachid ralph ramon raoul raphael raphaël raymond
        rebecca regine régine regis régis remi rémi remy rémy renaud rene rené renee renée ricardo
        richard rita roberto roger roland romane ronald rosa rosalie ruben ruth ryan sabrina salim
        salome salomé sam samir sami samuel samy sandra sandy sara scott sean serge sergio severine
        séverine sharon shawn shirley sidonie simon simone sofia sofiane solange solene solène
        sonia stacy stan stella stephanie stéphanie stephen steve steven suzanne sylvain sylvie
        tanguy tania teddy teresa thea théa theo théo theodore thérèse therese thibault thibaut
        thierry tiffany tim timothe timothy titouan tom tommy tony tracy tristan ugo valentin
        valentina vanessa veronica victor victoria viktor violaine virgile vivien viviane walter
        warren wendy wilfried will willy xavier yann yannick yasmine yohan yoann yves yvette yvonne
        zacharie zachary zoe zoé zoey zora smith jones brown miller davis wilson anderson taylor
        moore harris clark lewis walker hall allen young wright lopez hill baker nelson carter
        mitchell perez roberts turner phillips campbell parker evans dupont durand dubois moreau
        lefebvre leroy roux fournier girard bonnet lambert fontaine rousseau guerin muller lefevre
        garnier faure legrand gauthier perrin morin garcia martinez rodriguez fernandez gonzalez
        sanchez silva santos ferreira pereira nguyen schmidt schneider weber rex rocky buddy molly
        sadie bella coco smokey garfield snoopy scooby scoobydoo toby teddybear cooper duke bandit
        rusty lady minette gribouille
        """
}
