extension CommonBases {
    /// French words, towns, pet names, oaths.
    static let frenchWords = """
        motdepasse mdp monmotdepasse motpasse passe lemotdepasse bonjour bonsoir salut coucou merci
        bienvenue soleil lune etoile étoile amour monamour jetaime jtm doudou loulou chouchou
        chaton minou minouche loulette louloute choupette choupinette cheri chéri cherie chérie
        mamour poupette poupee poupée princesse prince coeur cœur bisou bisous bisounours calin
        câlin nounours chocolat caramel vanille framboise fraise cerise banane pomme citron orange
        croissant fromage camembert baguette biere bière pastis champagne tartine nutella saucisson
        raclette maison voiture jardin famille enfant maman papa mamie papy tonton tata bebe bébé
        frere soeur chien chat cheval lapin souris lion tigre loup ours dauphin papillon licorne
        grenouille liberte liberté égalité egalite fraternite fraternité france paris marseille
        lyon bordeaux toulouse nantes lille strasbourg bretagne bzh corse normandie alsace provence
        martinique guadeloupe reunion réunion quebec québec montreal montréal belgique bruxelles
        suisse geneve janvier fevrier février mars avril mai juin juillet aout août septembre
        octobre novembre decembre décembre lundi mardi mercredi jeudi vendredi samedi dimanche
        printemps ete été automne hiver noel noël vacances secret secrete bonheur espoir musique
        guitare football toto titi tutu momo lolo nono jojo zozo connard connasse merde putain
        salope encule enculé entreprise societe société bureau ordinateur clavier internet ouvretoi
        sesame sésame sesameouvretoi azertyqsdf jesuis cestmoi moimeme personne rien aucun inconnu
        changemoi coccinelle papillons hirondelle tortue cochon vache poule canard mouton chevre
        chèvre ane âne poney girafe elephant éléphant singe serpent requin baleine pingouin renard
        ecureuil écureuil hibou chouette aigle panthere panthère chatchat minet matou toutou
        caniche nounou doudoune poussin crevette loulouche pupuce puce pucette titine titou titoune
        doudouce choupi choupinou chouchoune cacahuete cacahuète cornichon patate carotte tomate
        salade concombre champignon poireau courgette oignon ail melon pasteque pastèque abricot
        peche pêche poire raisin cassis myrtille noisette amande noix praline bonbon bonbons
        guimauve gateau gâteau tarte crepe crêpe crepes crêpes gaufre brioche chausson
        painauchocolat chocolatine beurre confiture miel yaourt lait cafe café the thé tisane cidre
        whisky vodka rhum ricard porto bourgogne beaujolais roquefort comte comté reblochon
        tartiflette fondue choucroute cassoulet couscous paella pizza spaghetti lasagne kebab
        frites mayonnaise moutarde ketchup aimer jetadore jtadore jetaimefort monange monbebe
        monbébé moncoeur moncœur mavie mamaman monpapa papamaman mamanpapa mesenfants mafille
        monfils mafamille mesamours mesamour amoureux amoureuse amitie amitié tendresse douceur
        caresse passion toujours pourtoujours jamais infini eternite éternité destin hasard chance
        reve rêve reves rêves esperance espérance courage victoire gloire honneur patrie paix
        guerre justice verite vérité sagesse joie sourire rire humour folie egalité nature foret
        forêt montagne riviere rivière ocean océan plage sable vague tempete tempête orage tonnerre
        foudre neige flocon glacon glaçon pluie nuage arcenciel ciel terre planete planète univers
        galaxie comete comète cosmos feu flamme volcan fleur fleurs marguerite tulipe violette
        jasmin lavande coquelicot tournesol orchidee orchidée muguet pivoine jonquille pissenlit
        rouge bleu vert jaune noir blanc rose mauve marron gris turquoise indigo ecarlate argent
        bronze rubis emeraude émeraude saphir diamant perle cristal tresor trésor bateau avion
        train velo vélo moto camion tracteur scooter mobylette fusee fusée voilier peniche ecole
        école college collège lycee lycée universite université maitresse maîtresse professeur
        directeur directrice secretaire secrétaire comptable medecin médecin docteur infirmiere
        infirmière pompier pompiers policier gendarme militaire boulanger patron patronne chef
        stagiaire president président ministre roi reine chevalier magicien sorciere sorcière
        pirate fantome fantôme vampire fee fée lutin sirene sirène ange demon démon diable paradis
        enfer musicien piano violon batterie saxophone trompette chanson danse danseuse theatre
        théâtre cinema cinéma photo peinture dessin livre lecture poesie poésie rugby natation judo
        karate karaté equitation équitation escalade randonnee randonnée petanque pétanque cyclisme
        marathon gymnastique boxe handball volley basket ski snowboard surf chasse camping
        bricolage jardinage cuisine cuisiniere couture tricot alsacien breton bretonne breizh
        normand corsica corsicaforever occitanie gascogne vendee vendée savoie auvergne limousin
        picardie lorraine dauphine perigord périgord ardeche ardèche cevennes camargue parisien
        parisienne marseillais lyonnais stetienne saintetienne grenoble montpellier rennes reims
        toulon dijon angers nimes nîmes clermont lemans brest tours amiens limoges annecy perpignan
        metz besancon besançon orleans orléans rouen mulhouse caen nancy avignon poitiers
        versailles calais dunkerque biarritz bayonne cannes antibes ajaccio bastia colmar lorient
        vannes quimper larochelle niort valence chambery chambéry troyes charleville bourges blois
        chartres evreux cherbourg saintmalo algerie algérie maroc tunisie senegal sénégal cameroun
        mali guinee guinée cotedivoire madagascar espagne italie portugal allemagne angleterre
        irlande pologne russie japon chine amerique amérique bresil brésil canada mexique grece
        grèce turquie egypte égypte afrique europe londres berlin madrid rome lisbonne venise
        moscou tokyo newyork casablanca alger tunis dakar abidjan rentree rentrée weekend
        anniversaire bonneannee bonneannée joyeuxnoel joyeuxnoël paques pâques halloween carnaval
        mariage naissance retraite vivelavie vivelesvacances vivelafrance allezlesbleus cestlavie
        carpediem laviestbelle laviedereve tropbien tropcool super genial génial magnifique
        fantastique parfait chouettes cava salutcava bonjourtoutlemonde sil stp svp azertymdp
        mdpmdp monmdp motdepass passepartout codesecret moncode lecode code codes cle clé clef
        identifiant utilisateurs administration comptabilite comptabilité direction accueil mairie
        agence magasin boutique restaurant hotel hôtel garage clinique pharmacie cabinet
        association syndicat assurance banque notaire facture devis commande livraison stock caisse
        vente ventes achat achats travail boulot stage formation provisoire temporaire changezmoi
        achanger nouveau nouveaumdp ancien defaut défaut parde pardefaut fdp ntm nique niquetamere
        salaud batard bâtard bite couille couilles chatte pute pouet zob zizi caca pipi prout
        bordel foutre branleur fils filsdepute tagueule
        """
}
